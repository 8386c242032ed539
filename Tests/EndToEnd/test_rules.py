"""`manifold rules try` and `rules test`: what a rule would do, before it does it."""

import json
import shutil

import pytest

from harness.world import ROOT, product

LIBRARY = ROOT / "config/rules"


def put(world, name: str, program: str, sidecar: dict | None = None):
    """A rule's file in the test's home, with the file of examples beside it."""
    folder = world.home / "rules"
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(program)
    if sidecar is not None:
        path.with_suffix(".json").write_text(json.dumps(sidecar))
    return path


async def tried(world, *words, text, code: int = 0):
    text = text if isinstance(text, str) else json.dumps(text)
    got, out, err = await world.run("rules", "try", *words, input=text.encode())
    assert got == code, err + out
    return out if code != 2 else err


async def examined(world, *words, code: int = 0):
    got, out, err = await world.run("rules", "test", *words)
    assert got == code, err + out
    return out if code != 2 else err


# Trying


async def test_a_document_alone_is_shown_with_what_changes(world):
    out = await tried(world, ".limit //= 20 | del(.b)", text={"limit": None, "q": "x", "b": 1})
    assert '-  "limit": null,' in out and '+  "limit": 20,' in out and '   "q": "x"' in out
    assert out.endswith("1 call, 1 changed, 0 unchanged (on: request).\n") and "\x1b" not in out


async def test_a_message_is_met_where_it_belongs(world):
    call = {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": "get", "arguments": {"a": 1}}}
    answer = {"jsonrpc": "2.0", "id": 7, "result": {"content": [{"type": "text", "text": "x"}]}}
    news = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": 1}}
    lists = {"jsonrpc": "2.0", "id": 1, "result": {"tools": [{"name": "a"}, {"name": "b", "description": "B"}]}}
    for text, hook in [(call, "request"), (answer, "response"), (news, "notification")]:
        shown = json.loads(await tried(world, ".new = $ctx.hook", "-", "--json", text=text))
        assert shown["on"] == [hook] and shown["changed"] == 1
        assert shown["messages"][0]["after"]["new"] == hook
    shown = json.loads(
        await tried(world, 'if .name == "a" then empty else del(.description) end', "--on", "catalog", "--json",
                    text=lists)
    )
    assert (shown["all"], shown["dropped"], shown["changed"]) == (2, 1, 1)


async def test_several_messages_are_one_a_line(world):
    calls = [
        {"jsonrpc": "2.0", "id": n, "method": "tools/call", "params": {"name": f"t{n % 2}", "arguments": {"n": n}}}
        for n in range(4)
    ]
    text = "\n".join(map(json.dumps, calls))
    out = await tried(world, 'if .n == 1 then .n = "one" else . end', "--tool", "t1", text=text)
    assert "4 calls, 1 changed, 3 unchanged (on: request). The rule is not about 2 of them." in out
    assert "(request, line 2)" in out


async def test_the_context_and_the_conditions_are_those_of_live_calls(world):
    shown = json.loads(
        await tried(world, ". + $ctx", "--upstream", "crm*", "--tool", "get_?", "--when", ".a == 1", "--json",
                    text={"a": 1})
    )
    after = shown["messages"][0]["after"]
    assert (after["upstream"], after["tool"], after["method"]) == ("crm", "get_x", "tools/call")
    shown = json.loads(await tried(world, "empty", "--when", ".a == 2", "--json", text={"a": 1}))
    assert shown["unchanged"] == 1


async def test_texts_of_a_result_are_given_one_by_one(world):
    data = {"id": 1, "mail": "a@b.cc"}
    result = {"content": [{"type": "text", "text": json.dumps(data)}], "structuredContent": data}
    out = json.loads(
        await tried(world, str(LIBRARY / "redact-pii.jq"), "--on", "response", "--scope", "text", "--json",
                    text=result)
    )
    after = out["messages"][0]["after"]
    assert after["structuredContent"]["mail"] == "[email]"
    assert json.loads(after["content"][0]["text"])["mail"] == "[email]"


async def test_refusals_and_failures_are_a_line_each(world):
    assert "refused: its program has no output" in await tried(world, "empty", text={})
    out = await tried(world, 'error("no such thing")', text={}, code=1)
    assert "failed: its program failed: no such thing. It does not go on." in out
    out = await tried(world, "error(.a)", text={"a": "my own words"}, code=1)
    assert "failed: its program failed: my own words." in out
    out = await tried(world, "def f: f; f", "--on", "response", text={"content": []}, code=1)
    assert "took longer than 1 s" in out and "It goes on unjudged." in out


@pytest.mark.parametrize(
    "words, says",
    [
        ([".a |"], "line 1 of the program: it ends where more is expected"),
        (["."] + ["--when", ".a |"], "line 1 of '--when': it ends where more is expected"),
        ([".", "--when", "nope"], "line 1 of '--when': nope/0 is not defined"),
        (["nope"], "manifold: line 1 of the program: nope/0 is not defined"),
        (["$ENV"], "a rule sees no environment"),
        ([".", "--on", "sometimes"], "'--on' must be"),
        ([".", "--on", ""], "'--on' must be"),
        ([".", "--scope", "all"], "'--scope' must be"),
        ([".", "nowhere.jsonl"], "nowhere.jsonl"),
        (["nowhere.jq"], "nowhere.jq"),
    ],
)
async def test_what_cannot_be_tried_is_said(world, words, says):
    code, out, err = await world.run("rules", "try", *words, input=b"{}")
    assert code == 2 and says in err and "without a name" not in err, err
    assert out == ""
    code, out, err = await world.run("rules", "test", "--accept", "nowhere.jsonl", str(put(world, "a.jq", ".")))
    assert code == 2 and "nowhere.jsonl" in err


async def test_nothing_to_try_is_said(world):
    (world.home / "empty").write_text("\n")
    assert "there is nothing to try: standard input is empty." in await tried(world, ".", text="", code=2)
    assert "there is nothing to try: 'empty' is empty." in await tried(world, ".", "empty", text="x", code=2)


async def test_a_result_alone_is_a_response(world):
    result = {"content": [{"type": "text", "text": "x"}], "isError": False}
    out = await tried(world, ".isError = true", text=result)
    assert out.startswith("example/example (response):") and out.endswith("(on: response).\n")
    out = await tried(world, ".a = 1", "--on", "request", text=result)
    assert out.endswith("(on: request).\n")


async def test_a_recording_may_come_through_a_pipe(world):
    calls = two_hundred(world)
    line = f"\"$0\" rules try '.x = 1' <(cat '{calls}')"
    code, out, err = await world.execute(["bash", "-c", line, product()])
    assert code == 0 and "200 calls, 200 changed, 0 unchanged" in out, err


async def test_a_text_that_is_no_json_is_said(world):
    assert "no JSON" in await tried(world, ".", text="{", code=2)


# Recordings


def recorded(world, calls: list[tuple[dict, dict]], upstream: str = "crm", tool: str = "get") -> str:
    """A recording of calls: their arguments, and the results."""
    at = "2026-11-28T17:00:00.000Z"
    lines = [{"recording": 1, "started": at}]
    listed = {"tools": [{"name": tool, "description": "Gets.\n\nMore."}, {"name": "put"}]}
    messages = [({"jsonrpc": "2.0", "id": "l", "method": "tools/list"}, {"jsonrpc": "2.0", "id": "l", "result": listed})]
    for n, (arguments, result) in enumerate(calls):
        params = {"name": tool, "arguments": arguments}
        messages.append(
            (
                {"jsonrpc": "2.0", "id": n, "method": "tools/call", "params": params},
                {"jsonrpc": "2.0", "id": n, "result": result},
            )
        )
    for request, answer in messages:
        for to, message in (("upstream", request), ("manifold", answer)):
            lines.append({"at": at, "upstream": upstream, "link": 1, "to": to, "message": message})
    path = world.home / "calls.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return str(path)


def two_hundred(world) -> str:
    return recorded(
        world,
        [
            ({"id": n, "note": None if n % 29 == 0 else "x"}, {"content": [{"type": "text", "text": f"row {n}"}]})
            for n in range(200)
        ],
    )


async def test_a_recording_is_tried_call_by_call(world):
    calls = two_hundred(world)
    out = await tried(world, "if .id == 150 then empty elif .note == null then del(.note) else . end", calls, text="")
    assert out.endswith("200 calls, 7 changed, 1 refused, 192 unchanged (on: request).\n")
    assert out.count('-  "note": null') == 7 and "crm/get (request, 2026-11-28T17:00:00.000Z)" in out
    out = await tried(
        world, 'if . == "row 7" then "seven" else . end', calls, "--on", "response", "--scope", "text", text=""
    )
    assert "200 calls, 1 changed, 199 unchanged (on: response)." in out
    assert '-      "text": "row 7"' in out and '+      "text": "seven"' in out
    out = await tried(world, ".x = 1", calls, "--tool", "put", text="")
    assert "200 calls, 200 unchanged (on: request). The rule is not about 200 of them." in out
    out = await tried(world, str(LIBRARY / "short-descriptions.jq"), calls, text="")
    assert "2 items, 1 changed, 1 unchanged (on: catalog)." in out
    out = await tried(world, ".x = 1", "-", "--upstream", "c?m", text=(world.home / "calls.jsonl").read_text())
    assert "200 calls, 200 changed, 0 unchanged" in out


async def test_what_comes_of_recorded_calls_becomes_examples_and_an_edit_shows_what_changes(world):
    calls = two_hundred(world)
    program = "if .id == 150 then empty elif .note == null then del(.note) else . end"
    path = put(world, "slim.jq", program)
    code, out, err = await world.run("rules", "test", "--accept", calls, str(path))
    assert code == 0 and "200 new examples, 0 changed, 0 as before" in err
    kept = json.loads(path.with_suffix(".json").read_text())
    assert kept["settings"] == {"on": "request"} and len(kept["examples"]) == 200
    assert kept["examples"][150] == {
        "upstream": "crm", "tool": "get", "before": {"id": 150, "note": "x"},
        "refused": "its program has no output for it.",
    }
    assert "200 examples" in await examined(world, str(path), "--strict")
    # The rule is edited: exactly the calls that now end otherwise are shown.
    path.write_text(program.replace("150", "151").replace("del(.note)", 'if .id == 58 then . else del(.note) end'))
    found = json.loads(await examined(world, str(path), "--json", code=1))
    assert [each["example"] for each in found["rules"][0]["differences"]] == [59, 151, 152]
    out = await examined(world, str(path), code=1)
    assert "3 of 200 examples differ" in out and out.count("example ") == 3
    assert '+  "note": null' in out
    tried_out = await tried(world, str(path), calls, text="")
    assert "200 calls, 6 changed, 1 refused, 193 unchanged" in tried_out
    # Accepted again, they are what they are now.
    code, out, err = await world.run("rules", "test", "--accept", calls, str(path))
    assert code == 0 and "0 new examples, 3 changed, 197 as before" in err
    assert "all as they should be" in await examined(world, str(path))


async def test_what_the_product_records_is_tried_and_becomes_examples(world):
    world.configure({"m": world.raw("mirror")})
    calls = str(world.home / "calls.jsonl")
    client = await world.start([product(), "record", "--config", str(world.config), "--output", calls])
    await client.initialize()
    for n in range(200):
        await client.text("m__show", {"id": n, "note": None if n % 29 == 0 else "x"})
    assert await client.stop() == 0
    path = put(world, "slim.jq", "if .id == 150 then empty elif .note == null then del(.note) else . end")
    out = await tried(world, str(path), calls, "--upstream", "m", text="")
    assert out.endswith("200 calls, 7 changed, 1 refused, 192 unchanged (on: request).\n")
    code, out, err = await world.run("rules", "test", "--accept", calls, str(path))
    assert code == 0 and "200 new examples" in err
    assert path.with_suffix(".json").stat().st_mode & 0o777 == 0o600
    path.write_text(path.read_text().replace("== 150", "== 151"))
    found = json.loads(await examined(world, str(path), "--json", code=1))
    assert [each["example"] for each in found["rules"][0]["differences"]] == [151, 152]
    # Results, with the texts in them, at the other hook.
    out = await tried(world, 'if .id == 7 then .seen = true else . end', calls, "--on", "response", "--scope", "text",
                      text="")
    assert "200 calls, 1 changed, 199 unchanged (on: response)." in out


async def test_accepting_keeps_what_is_written_and_leaves_out_what_the_rule_is_not_about(world):
    calls = recorded(world, [({"a": 1}, {"content": []}), ({"a": 1.0}, {"content": []}), ({"a": 2}, {"content": []})])
    path = put(world, "r.jq", ".b = 1")
    own = '{ "before": {"a": 1},   "after": {"a": 1, "b": 1}, "title": "by hand" }'
    path.with_suffix(".json").write_text('{"settings": {"on":["request", "response"], "tool": "g*"}, "examples": [%s]}' % own)
    code, out, err = await world.run("rules", "test", "--accept", calls, str(path))
    text = path.with_suffix(".json").read_text()
    assert code == 1 or own in text
    kept = json.loads(text)["examples"]
    assert [each.get("on") for each in kept].count("response") == 1
    assert [each["before"] for each in kept if each.get("on") == "request"] == [{"a": 1}, {"a": 2}]
    other = put(world, "other.jq", ".", {"settings": {"tool": "put"}})
    await world.run("rules", "test", "--accept", calls, str(other))
    assert json.loads(other.with_suffix(".json").read_text())["examples"] == []


async def test_rules_of_a_configuration_accept_into_their_files(world):
    calls = recorded(world, [({"a": n}, {"content": []}) for n in range(3)])
    put(world, "r.jq", ".b = 1")
    plugins = [
        {"jq": {"name": "beside", "file": "rules/r.jq", "upstream": "crm", "tool": "get"}},
        {"jq": {"name": "other", "file": "rules/r.jq", "upstream": "docs", "examples": "other.json"}},
        {"jq": {"name": "inline", "program": ".c = 1"}},
    ]
    world.configure({"m": world.raw("mirror")}, plugins=plugins)
    config = ["--config", str(world.config)]
    code, out, err = await world.run("rules", "test", "--accept", calls, *config)
    assert code == 1 and "Rule 'inline' has no file for examples; say 'examples: FILE'" in err
    kept = json.loads((world.home / "rules/r.json").read_text())
    assert kept["settings"] == {"upstream": "crm", "tool": "get", "on": "request"} and len(kept["examples"]) == 3
    assert json.loads((world.home / "other.json").read_text())["examples"] == []
    assert "✓ beside  3 examples" in await examined(world, *config)


async def test_a_file_of_examples_that_is_named_has_to_be_there_and_may_be_a_list(world):
    rule = {"name": "one", "program": ".b = 1", "examples": "list.json"}
    world.configure({"m": world.raw("mirror")}, plugins=[{"jq": rule}])
    config = ["--config", str(world.config)]
    code, out, err = await world.run("rules", "test", *config)
    assert code == 2 and out == "" and "list.json' ('examples')" in err
    examples = [{"before": {"a": 1}, "after": {"a": 1, "b": 1}}]
    (world.home / "list.json").write_text(json.dumps(examples))
    assert "✓ one  1 example" in await examined(world, *config)
    calls = recorded(world, [({"a": 2}, {"content": []})])
    code, out, err = await world.run("rules", "test", "--accept", calls, *config)
    assert code == 0 and "1 new example," in err, err
    kept = json.loads((world.home / "list.json").read_text())
    assert kept[0] == examples[0] and kept[1]["after"] == {"a": 2, "b": 1}


@pytest.mark.parametrize("text", ["", "{}", "no recording\n"])
async def test_what_is_no_recording_is_said(world, text):
    path = put(world, "r.jq", ".")
    (world.home / "calls.jsonl").write_text(text)
    code, out, err = await world.run("rules", "test", "--accept", str(world.home / "calls.jsonl"), str(path))
    assert (code == 2 and "no recording" in err) or (text == "" and code == 0)


# Testing


async def test_the_library_does_what_its_examples_say(world):
    out = await examined(world, str(LIBRARY), "--strict")
    rules = sorted(LIBRARY.glob("*.jq"))
    assert out.count("✓") == len(rules) and "all as they should be" in out


async def test_a_difference_is_shown_and_fails(world):
    good = put(world, "good.jq", ".a = 1", {"examples": [{"before": {}, "after": {"a": 1}}]})
    put(
        world, "bad.jq", "if .stop then empty else .b = 2 end",
        {
            "settings": {"on": "request", "tool": "get_*"},
            "examples": [
                {"before": {"x": 1}, "after": {"b": 2, "x": 1.0}},
                {"before": {}, "after": {"b": 3}, "title": "three"},
                {"before": {"stop": True}, "refused": "no output"},
                {"before": {"stop": False}, "refused": ""},
                {"before": {"x": 1}, "after": {"x": 1}, "tool": "other"},
            ],
        },
    )
    out = await examined(world, str(good.parent), code=1)
    assert "✓" in out and "2 of 5 examples differ" in out
    assert "example 2, three (example/get_)" in out and '-  "b": 3' in out and '+  "b": 2' in out
    assert "example 4" in out and "example 1" not in out and "example 5" not in out
    found = json.loads(await examined(world, str(good.parent), "--json", code=1))
    [bad, fine] = found["rules"]
    assert [each["example"] for each in bad["differences"]] == [2, 4] and fine["differences"] == []
    assert bad["differences"][0]["expected"] == {"after": {"b": 3}}
    assert bad["differences"][0]["found"]["after"] == {"b": 2}


async def test_every_hook_has_examples(world):
    put(
        world, "many.jq",
        'if $ctx.hook == "catalog" and .hidden then empty elif .level == "debug" then empty'
        ' elif .code then .message = "sorry" elif .boom then error("boom") else .seen = $ctx.hook end',
        {
            "settings": {"on": ["request", "response", "notification", "catalog"]},
            "examples": [
                {"on": "request", "before": {}, "after": {"seen": "request"}},
                {"on": "request", "before": {"boom": 1}, "refused": "boom"},
                {"on": "response", "before": {"content": []}, "after": {"content": [], "seen": "response"}},
                {"on": "response", "before": {"content": [], "boom": 1}, "failed": "boom"},
                {"on": "response", "error": True, "before": {"code": 1, "message": "x"},
                 "after": {"code": 1, "message": "sorry"}},
                {"on": "notification", "before": {"level": "info"}, "after": {"level": "info", "seen": "notification"}},
                {"on": "notification", "before": {"level": "debug"}, "dropped": True},
                {"on": "catalog", "before": {"name": "a", "hidden": True}, "dropped": True},
                {"on": "catalog", "resource": "file:///x", "before": {"uri": "file:///x"},
                 "after": {"uri": "file:///x", "seen": "catalog"}},
                {"on": "request", "prompt": "p", "before": {}, "after": {"seen": "request"}},
            ],
        },
    )
    assert "10 examples" in await examined(world, str(world.home / "rules"))


async def test_rules_without_examples_are_named(world):
    path = put(world, "bare.jq", ".")
    assert "without examples" in await examined(world, str(path))
    out = await examined(world, str(path), "--strict", code=1)
    assert f"; 1 rule has none (--strict): {path}." in out
    shown = json.loads(await examined(world, str(path), "--strict", "--json", code=1))
    assert shown["withoutExamples"] == [str(path)]


@pytest.mark.parametrize(
    "program, sidecar, says",
    [
        (". |", "{}", "bare.jq', line 1: it ends where more is expected"),
        (".", '{\n "examples": [ { "befor": 1, "after": 1 } ] }', "bare.json:2:18: error: unknown key 'befor'"),
        (".", '{ "examples": [\n { "before": 1 } ] }', "bare.json:2:2: error"),
        (".", '{ "examples": ', "bare.json:1:15: error"),
        (".", '{ "settings": { "on": "never" } }', "bare.json:1:23: error"),
    ],
)
async def test_mistakes_are_told_with_their_place(world, program, sidecar, says):
    path = put(world, "bare.jq", program)
    path.with_suffix(".json").write_text(sidecar)
    assert says in await examined(world, str(path), code=2)
    code, out, err = await world.run("rules", "test", "--json", str(path))
    assert code == 2 and json.loads(out)["valid"] is False and says.split(": ")[-1] in json.loads(out)["message"]


async def test_the_rules_of_a_configuration_are_tested_as_they_are_configured(world):
    shutil.copytree(LIBRARY, world.home / "rules")
    put(world, "own.jq", ".own = true")
    (world.home / "cases.json").write_text(json.dumps({"examples": [{"before": {}, "after": {"own": True}}]}))
    plugins = [
        {"jq": {"name": "pii", "file": "rules/redact-pii.jq", "on": "response", "scope": "text"}},
        {"jq": {"name": "own", "file": "rules/own.jq", "examples": "cases.json"}},
        {
            "jq": {
                "name": "inline", "program": ".limit //= 20", "upstream": "m", "tool": "show",
                "examples": [
                    {"before": {}, "after": {"limit": 20}},
                    {"before": {}, "after": {}, "tool": "give"},
                    {"before": {"limit": 5}, "after": {"limit": 6}},
                ],
            }
        },
        {"jq": {"name": "bare", "program": "."}},
    ]
    world.configure({"m": world.raw("mirror")}, plugins=plugins)
    out = await examined(world, "--config", str(world.config), code=1)
    assert "✓ pii     3 examples" in out and "✓ own     1 example" in out
    assert "✗ inline  1 of 3 examples differs" in out and "example 3 (m/show)" in out
    assert "without examples: bare" in out
    # What is only for tests changes nothing else.
    client = await world.client({"m": world.raw("mirror")}, plugins=plugins)
    assert json.loads(await client.text("m__show", {})) == {"limit": 20, "own": True}


async def test_rules_alone_says_what_there_is(world):
    code, out, err = await world.run("rules")
    assert code == 2 and "rules try" in err and "rules test" in err
    code, out, err = await world.run("rules", "--help")
    assert code == 0 and "manifold rules try" in out and "manifold rules test" in out
