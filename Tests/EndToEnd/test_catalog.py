"""The merged lists: complete, in one order, changed only when something changed."""

import json

import pytest


async def test_the_order_is_the_configuration_then_the_upstream(world):
    client = await world.client(
        {"zebra": world.raw("few", '{"tools":["b","a"]}'), "ant": world.raw("few", '{"tools":["z","c"]}')}
    )
    expected = ["zebra__b", "zebra__a", "ant__z", "ant__c"]
    for _ in range(3):
        assert await client.names() == expected


@pytest.mark.parametrize("pages", [1, 2, 5, 28])
async def test_every_page_of_an_upstream_is_served_as_one_list(world, pages):
    kinds = world.raw("kinds", json.dumps({"pages": pages}))
    own = await world.direct(world.raw("kinds"))
    await own.initialize()
    client = await world.client({"kinds": kinds})
    assert await client.names() == [f"kinds__{name}" for name in await own.names()]
    assert await client.names("prompts") == ["kinds__greet", "kinds__plain"]
    assert await client.names("resources", "uri") == ["memo://note", "memo://blob"]
    assert await client.names("templates", "uriTemplate") == ["memo://by-name/{name}"]
    assert "nextCursor" not in await client.request("tools/list")


@pytest.mark.parametrize("mode, expected", [("same", 3), ("new", 3), ("empty", 3), ("null", 3)])
async def test_a_cursor_that_never_ends_ends(world, mode, expected):
    client = await world.client({"cursors": world.raw("cursors", mode), "few": world.raw("few")})
    names = await client.names()
    assert "few__echo" in names
    if mode in ("empty", "null"):
        assert names == ["cursors__one", "cursors__two", "cursors__three", "few__echo"]
    assert len(set(names)) == len(names)
    assert world.witness.count("listed") <= 1001


async def test_everything_about_a_tool_but_its_name_is_passed_on(world):
    own = await world.direct(world.raw("kinds"))
    await own.initialize()
    await own.request("tools/list", id="tools")
    client = await world.client({"kinds": world.raw("kinds")})
    await client.request("tools/list", id="tools")
    theirs = next(line for line in own.lines if b'"id":"tools"' in line)
    ours = next(line for line in client.lines if b'"id":"tools"' in line)
    plain = json.loads(theirs)["result"]["tools"]
    for tool in plain:
        token = json.dumps(tool, separators=(",", ":")).encode()
        assert token in theirs
        assert (
            token.replace(
                b'"name":"%s"' % tool["name"].encode(), b'"name":"kinds__%s"' % tool["name"].encode(), 1
            )
            in ours
        )


async def test_prompts_get_what_they_are_asked_for(world):
    client = await world.client({"one": world.raw("kinds"), "two": world.raw("kinds", '{"uri":"other://"}')})
    await client.names("prompts")
    result = await client.request("prompts/get", {"name": "two__greet", "arguments": {"who": "Ada"}})
    assert result["messages"][0]["content"]["text"] == "Greet Ada"
    fact = await world.witness.saw("received", method="prompts/get")
    assert fact["params"]["name"] == "greet"


@pytest.mark.parametrize(
    "ref, expected",
    [
        ({"type": "ref/prompt", "name": "kinds__greet"}, "greet:A"),
        ({"type": "ref/resource", "uri": "memo://by-name/{name}"}, "memo://by-name/{name}:A"),
    ],
)
async def test_completions_go_to_the_owner_under_its_own_name(world, ref, expected):
    client = await world.client({"few": world.raw("few"), "kinds": world.raw("kinds")})
    await client.names()
    result = await client.request(
        "completion/complete",
        {"ref": ref, "argument": {"name": "who", "value": "A"}, "context": {"arguments": {}}},
    )
    assert result["completion"]["values"] == [expected]


async def test_an_upstream_is_not_asked_for_what_it_does_not_have(world):
    client = await world.client({"few": world.raw("few"), "kinds": world.raw("kinds")})
    assert await client.names("prompts") == ["kinds__greet", "kinds__plain"]
    assert await client.names("resources", "uri") == ["memo://note", "memo://blob"]
    await client.names("templates", "uriTemplate")
    await client.request("logging/setLevel", {"level": "debug"})
    await client.text("few__echo")
    pid = (await world.witness.saw("executed"))["pid"]
    asked = {
        fact["method"] for fact in world.witness.facts if fact["event"] == "received" and fact["pid"] == pid
    }
    assert asked <= {"initialize", "notifications/initialized", "tools/list", "ping"}


async def test_one_broken_list_leaves_the_others_served(world):
    client = await world.client(
        {"broken": world.raw("few", '{"broken":["tools/list"]}'), "few": world.raw("few")}
    )
    assert await client.names() == ["few__echo"]


async def test_list_changed_is_passed_on_once_the_list_has_changed(world):
    client = await world.client({"kinds": world.raw("kinds"), "few": world.raw("few")})
    await client.names()
    await client.call("kinds__grow", {"name": "fresh"})
    await client.notification("notifications/tools/list_changed")
    assert "kinds__fresh" in await client.names()
    assert await client.text("kinds__fresh", {"text": "new"}) == "new"
    await client.call("kinds__shrink", {"name": "fresh"})
    await client.notification("notifications/tools/list_changed")
    assert "kinds__fresh" not in await client.names()


async def test_a_storm_of_list_changed_without_a_change_is_silent_and_cheap(world):
    client = await world.client({"kinds": world.raw("kinds")})
    await client.names()
    lists = world.witness.count("received", method="tools/list")
    await client.call("kinds__notify", {"method": "notifications/tools/list_changed", "times": 200})
    await world.witness.saw("received", times=lists + 1, method="tools/list")
    await client.call("kinds__grow", {"name": "fresh"})
    await client.notification("notifications/tools/list_changed")
    assert world.witness.count("received", method="tools/list") - lists <= 5
    assert client.unheard(lambda m: m.get("method") == "notifications/tools/list_changed") == []


async def test_serving_a_list_asks_nobody_again(world):
    client = await world.client({"kinds": world.raw("kinds")})
    await client.names()
    lists = world.witness.count("received", method="tools/list")
    for _ in range(20):
        await client.names()
    await client.call("kinds__echo")
    assert world.witness.count("received", method="tools/list") == lists


async def test_a_warm_list_does_not_wait_for_an_upstream_that_is_starting(world):
    """With a remembered catalog the list is there before any upstream is."""
    gate = world.gate()
    upstreams = {"late": world.raw("few", env={"GATE": gate.path})}
    gate.open()
    first = await world.client(upstreams)
    assert await first.names() == ["late__echo"]
    await first.stop()
    gate.shut()
    second = await world.client(upstreams)
    assert await second.names() == ["late__echo"]
    assert world.witness.count("initialize") == 1
    gate.open()
    assert await second.text("late__echo", {"text": "x"}) == "few/echo: x"
    assert second.unheard(lambda m: "list_changed" in m.get("method", "")) == []


async def test_a_call_to_a_name_not_known_yet_waits_for_the_upstream_that_has_it(world):
    gate = world.gate()
    client = await world.client({"few": world.raw("few"), "late": world.raw("few", env={"GATE": gate.path})})
    call = client.begin_call("late__echo", {"text": "x"})
    await world.witness.saw("gated")
    assert await client.text("few__echo", {"text": "y"}) == "few/echo: y"
    gate.open()
    assert (await client.answer(call))["result"]["content"][0]["text"] == "few/echo: x"


async def test_a_late_upstream_joins_with_one_list_changed(world):
    gate = world.gate()
    client = await world.client({"few": world.raw("few"), "late": world.raw("few", env={"GATE": gate.path})})
    assert await client.names() == ["few__echo"]
    gate.open()
    await client.notification("notifications/tools/list_changed")
    assert await client.names() == ["few__echo", "late__echo"]
    assert await client.request("ping") == {}
    assert client.unheard(lambda m: m.get("method") == "notifications/tools/list_changed") == []
