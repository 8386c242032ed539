"""The handshake: which revision is spoken, what may come before it, what is refused."""

import pytest

LEGACY = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]


@pytest.mark.parametrize("version", LEGACY)
async def test_a_known_revision_is_echoed(world, version):
    client = await world.serve({"few": world.raw("few")})
    assert (await client.initialize(version=version))["protocolVersion"] == version
    assert await client.text("few__echo", {"text": "x"}) == "few/echo: x"


@pytest.mark.parametrize("version", ["2026-07-28", "2023-01-01", "9999-99-99", "draft", ""])
async def test_an_unknown_revision_gets_the_newest_of_the_handshake_era(world, version):
    client = await world.serve({"few": world.raw("few")})
    assert (await client.initialize(version=version))["protocolVersion"] == "2025-11-25"


async def test_initialize_is_answered_while_every_upstream_hangs(world):
    client = await world.serve({name: world.raw("hanging", "initialize") for name in ("a", "b", "c")})
    result = await client.initialize()
    assert result["protocolVersion"] == "2025-11-25"
    assert await client.request("ping") == {}


async def test_the_server_presents_itself_as_configured(world):
    client = await world.serve(
        {"few": world.raw("few")}, server={"name": "team-tools", "title": "Team tools"}
    )
    info = (await client.initialize())["serverInfo"]
    assert (info["name"], info["title"]) == ("team-tools", "Team tools") and info["version"]


async def test_capabilities_are_the_fixed_superset(world):
    client = await world.serve({"few": world.raw("few")})
    offered = (await client.initialize())["capabilities"]
    assert offered["tools"] == {"listChanged": True}
    assert offered["prompts"] == {"listChanged": True}
    assert offered["resources"] == {"subscribe": True, "listChanged": True}
    assert offered["logging"] == {} and offered["completions"] == {}
    assert "tasks" not in offered


async def test_ping_is_answered_before_initialize(world):
    client = await world.serve({"few": world.raw("few")})
    assert await client.request("ping") == {}


@pytest.mark.parametrize(
    "method", ["tools/list", "tools/call", "resources/read", "prompts/get", "logging/setLevel"]
)
async def test_a_request_before_initialize_is_refused(world, method):
    client = await world.serve({"few": world.raw("few")})
    error = await client.refusal(method, {"name": "few__echo", "uri": "x:y", "level": "info"})
    assert error["code"] in (-32600, -32602) and "initialize" in error["message"]
    assert (await client.initialize())["protocolVersion"] == "2025-11-25"


async def test_a_client_that_never_says_initialized_is_served(world):
    client = await world.serve({"few": world.raw("few")})
    await client.request(
        "initialize",
        {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}},
    )
    assert await client.text("few__echo", {"text": "x"}) == "few/echo: x"


async def test_a_second_initialize_starts_that_session_over(world):
    client = await world.client({"few": world.raw("few")})
    assert await client.names() == ["few__echo"]
    assert (await client.initialize(version="2025-06-18"))["protocolVersion"] == "2025-06-18"
    assert await client.names() == ["few__echo"]


@pytest.mark.parametrize("params", [None, {}, {"protocolVersion": 7, "capabilities": {}}])
async def test_an_initialize_without_its_parameters_is_refused(world, params):
    client = await world.serve({"few": world.raw("few")})
    assert (await client.refusal("initialize", params))["code"] == -32602


async def test_a_discovery_probe_is_refused_and_the_handshake_follows(world):
    """The 2.x SDK's first message on a pipe."""
    client = await world.serve({"few": world.raw("few")})
    error = await client.refusal(
        "server/discover", {"_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}}
    )
    assert error["code"] in (-32601, -32600, -32602)
    assert (await client.initialize())["protocolVersion"] == "2025-11-25"


async def test_the_upstream_is_told_what_the_client_really_can(world):
    client = await world.client({"kinds": world.raw("kinds")}, capabilities={"elicitation": {}})
    await client.names()
    offered = (await world.witness.saw("initialize"))["params"]["capabilities"]
    assert "elicitation" in offered and "url" not in offered["elicitation"]
    assert "sampling" not in offered and "roots" not in offered


async def test_the_upstream_gets_one_handshake_however_many_calls(world):
    client = await world.client({"kinds": world.raw("kinds")})
    ids = [client.begin_call("kinds__echo", {"text": str(n)}) for n in range(20)]
    for id in ids:
        await client.answer(id)
    assert world.witness.count("initialize") == world.witness.count("initialized") == 1
    assert [f["method"] for f in world.witness.facts if f["event"] == "received"][:2] == [
        "initialize",
        "notifications/initialized",
    ]


async def test_an_upstream_of_an_older_revision_is_spoken_to_in_it(world):
    client = await world.client({"old": world.raw("few", '{"version":"2024-11-05"}')})
    assert await client.text("old__echo", {"text": "x"}) == "few/echo: x"


async def test_instructions_stand_under_a_heading_per_upstream(world):
    upstreams = {
        "one": world.raw("few", '{"instructions":"Use me first."}'),
        "two": world.raw("few", '{"instructions":"Then me."}'),
    }
    client = await world.client(upstreams)
    assert await client.names() == ["one__echo", "two__echo"]
    await client.stop()
    again = await world.serve(upstreams)
    text = (await again.initialize())["instructions"]
    assert text.index("one") < text.index("Use me first.") < text.index("two") < text.index("Then me.")
