"""What a tool returns is what the client gets, whatever kind of thing it is."""

import json

import pytest


@pytest.mark.parametrize(
    "tool", ["echo", "image", "audio", "structured", "mismatch", "links", "fail", "empty"]
)
async def test_a_result_is_the_upstreams_own(world, tool):
    own = await world.direct(world.raw("kinds"))
    await own.initialize()
    client = await world.client({"kinds": world.raw("kinds")})
    assert await client.call(f"kinds__{tool}", {"text": "x"}) == await own.call(tool, {"text": "x"})


async def test_structured_content_that_breaks_its_schema_is_the_clients_business(world):
    client = await world.client({"kinds": world.raw("kinds")})
    for error in (False, True):
        result = await client.call("kinds__mismatch", {"error": error})
        assert result == {"content": [], "structuredContent": {"sum": "not a number"}, "isError": error}


@pytest.mark.parametrize("code", [-32050, -32602, -32603, 7, 0])
async def test_an_upstream_error_keeps_its_code_message_and_data(world, code):
    client = await world.client({"kinds": world.raw("kinds")})
    error = await client.refusal("tools/call", {"name": "kinds__refuse", "arguments": {"code": code}})
    assert (error["code"], error["message"], error["data"]) == (
        code,
        "refused on purpose",
        {"why": [1.0, 2**63]},
    )


@pytest.mark.parametrize(
    "params",
    [
        '{"name":"kinds__empty"}',
        '{"name":"kinds__empty","arguments":{}}',
        '{"name":"kinds__empty","_meta":{}}',
    ],
)
async def test_absent_arguments_are_accepted(world, params):
    client = await world.client({"kinds": world.raw("kinds")})
    client.send_line(f'{{"jsonrpc":"2.0","id":50,"method":"tools/call","params":{params}}}')
    assert (await client.answer(50))["result"]["content"] == []


async def test_a_hundred_calls_run_at_once_and_none_is_crossed(world):
    client = await world.client({"left": world.raw("kinds"), "right": world.raw("kinds")})
    calls = {
        client.begin_call(f"{side}__hold", {"tag": f"{side}-{n}"}): f"{side}-{n}"
        for n in range(50)
        for side in ("left", "right")
    }
    await world.witness.saw("executed", times=100, tool="hold")
    for tag in reversed(calls.values()):
        client.begin_call(f"{tag.split('-')[0]}__release", {"tag": tag}, id=f"release {tag}")
    for id, tag in calls.items():
        assert (await client.answer(id))["result"]["content"][0]["text"] == f"released {tag}"


async def test_ping_is_answered_while_a_call_runs(world):
    client = await world.client({"kinds": world.raw("kinds")})
    client.begin_call("kinds__hold")
    await world.witness.saw("executed", tool="hold")
    assert await client.request("ping") == {}
    assert world.witness.count("received", method="ping") == 0


async def test_a_ping_from_an_upstream_is_answered_on_the_spot(world):
    client = await world.client({"kinds": world.raw("kinds")})
    answer = json.loads(await client.text("kinds__ask", {"method": "ping"}))
    assert answer["result"] == {}
    assert client.unheard() == []


async def test_an_unknown_notification_from_an_upstream_reaches_the_client(world):
    client = await world.client({"kinds": world.raw("kinds")})
    await client.call("kinds__notify", {"method": "notifications/vendor/thing", "params": {"x": [1.0]}})
    assert await client.notification("notifications/vendor/thing") == {"x": [1.0]}


async def test_a_request_does_not_wait_for_a_large_one(world):
    """Reader and writer of a link never wait for each other."""
    client = await world.client({"kinds": world.raw("kinds")})
    text = "x" * (4 << 20)
    calls = [client.begin_call("kinds__echo", {"text": text}) for _ in range(4)]
    assert await client.request("ping") == {}
    for call in calls:
        assert (await client.answer(call))["result"]["content"][0]["text"] == text
