"""The rules in `config/rules`: each does what its examples say, through the product."""

import json

import pytest

from harness.world import ROOT

RULES = sorted((ROOT / "config/rules").glob("*.jq"))


def test_every_rule_has_examples_and_is_in_the_table():
    table = (ROOT / "config/rules/README.md").read_text()
    assert RULES and [rule.name for rule in RULES if f"`{rule.name}`" not in table] == []
    assert [rule.name for rule in RULES if not rule.with_suffix(".json").exists()] == []


async def test_rules_test_says_so_of_every_rule(world):
    found = await world.json("rules", "test", str(ROOT / "config/rules"), "--strict")
    assert [each["name"] for each in found["rules"]] == [str(rule) for rule in RULES]
    assert found["differences"] == 0 and all(each["examples"] > 0 for each in found["rules"])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.stem)
async def test_a_rule_does_what_its_examples_say(world, rule):
    kept = json.loads(rule.with_suffix(".json").read_text())
    settings, examples = kept["settings"], kept["examples"]
    plugins = [{"jq": {"file": str(rule), **settings}}]
    if settings["on"] == "catalog":
        for example in examples:
            items = {"items": [example["before"]]}
            client = await world.client({"m": world.raw("listed", json.dumps(items))}, plugins=plugins)
            tools = (await client.request("tools/list"))["tools"]
            assert [{**tool, "name": example["after"]["name"]} for tool in tools] == [example["after"]]
        return
    client = await world.client({"m": world.raw("mirror")}, plugins=plugins)
    for example in examples:
        if settings["on"] == "request":
            after = json.loads(await client.text("m__show", example["before"]))
        else:
            after = await client.call("m__give", {"result": example["before"]})
        assert after == example["after"]
