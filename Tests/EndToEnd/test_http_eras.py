"""One address, both eras: each request is read by what it says itself, and sessions keep to themselves."""

import base64
import json

import pytest
import pytest_asyncio
from harness.eras import META, MODERN, NEWEST, envelope

HANDSHAKES = ["2025-03-26", "2025-06-18", NEWEST]
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


@pytest_asyncio.fixture
async def url(world):
    """The product's address, in front of two plain servers."""
    yield (await world.front({"few": world.raw("few"), "kinds": world.raw("kinds")})).url
    await world.hang_up()


async def refused(exchange, status: int, code: int) -> dict:
    error = await exchange.error()
    assert (exchange.status, error["code"]) == (status, code), exchange.story()
    return error


@pytest.mark.parametrize("version", HANDSHAKES)
async def test_every_revision_with_a_handshake_is_served(world, url, version):
    client = await world.caller(url, version).ready()
    assert client.negotiated == version
    assert await client.text("few__echo", {"text": "x"}) == "few/echo: x"
    assert await client.request("ping") == {}


@pytest.mark.parametrize("version", ["2023-01-01", "2099-01-01", MODERN])
async def test_a_handshake_for_another_revision_gets_the_newest_that_has_one(world, url, version):
    client = world.caller(url)
    params = {"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}
    result = await client.request("initialize", params)
    assert result["protocolVersion"] == NEWEST


async def test_both_eras_are_served_side_by_side(world, url):
    older, newer = await world.caller(url).ready(), world.caller(url, MODERN)
    for n in range(5):
        assert await older.text("few__echo", {"text": str(n)}) == f"few/echo: {n}"
        assert await newer.text("few__echo", {"text": str(n)}) == f"few/echo: {n}"
    assert await older.names() == await newer.names()


async def test_a_request_without_session_and_envelope_is_refused(world, url):
    client = world.caller(url)
    await refused(client.post(LIST), 400, -32600)
    assert (await client.bare("GET").begun()).status in (400, 405)
    assert (await client.bare("DELETE").begun()).status in (400, 405)


@pytest.mark.parametrize("session", ["nothing", "x" * 2000, "..", "null"])
async def test_a_session_that_is_not_known_is_not_found(world, url, session):
    client = world.caller(url)
    headers = {"Mcp-Session-Id": session, "MCP-Protocol-Version": NEWEST}
    assert (await client.post(LIST, headers=headers).begun()).status == 404
    assert (await client.bare("GET", headers).begun()).status == 404
    assert (await client.bare("DELETE", headers).begun()).status == 404


async def test_a_session_ends_when_its_client_says_so(world, url):
    client = await world.caller(url).ready()
    assert 200 <= (await client.bare("DELETE").done()).status < 300
    for exchange in (client.begin("tools/list"), client.listen(), client.bare("DELETE")):
        assert (await exchange.begun()).status == 404


async def test_a_header_that_contradicts_the_envelope_is_refused(world, url):
    client = world.caller(url, MODERN)
    await refused(client.begin("tools/list", headers={"MCP-Protocol-Version": NEWEST}), 400, -32020)
    await refused(client.begin("tools/list", headers={"MCP-Protocol-Version": None}), 400, -32020)


@pytest.mark.parametrize(
    "header, status", [(None, 200), ("2025-06-18", 200), ("2025-03-26", 200), ("1999-01-01", 400)]
)
async def test_a_session_accepts_every_revision_that_is_known(world, url, header, status):
    client = await world.caller(url).ready()
    exchange = await client.begin("tools/list", headers={"MCP-Protocol-Version": header}).begun()
    assert exchange.status == status


async def test_the_newer_era_neither_takes_nor_gives_a_session(world, url):
    client = world.caller(url, MODERN)
    exchange = client.begin("tools/list", headers={"Mcp-Session-Id": "whatever"})
    await exchange.result()
    assert exchange.status == 200 and exchange.header("mcp-session-id") is None
    refusal = await client.begin("no/such", checked=False).begun()
    assert refusal.header("mcp-session-id") is None


@pytest.mark.parametrize("verb", ["GET", "DELETE"])
async def test_the_newer_era_only_posts(world, url, verb):
    exchange = await world.caller(url, MODERN).bare(verb).begun()
    assert (exchange.status, exchange.header("allow")) == (405, "POST")


async def test_a_batch_is_for_the_one_revision_that_has_it(world, url):
    client = await world.caller(url, "2025-03-26").ready()
    batch = [{**LIST, "id": 1}, {"jsonrpc": "2.0", "id": "two", "method": "ping"}]
    body = json.dumps([*batch, {"jsonrpc": "2.0", "method": "notifications/roots/list_changed"}]).encode()
    exchange = await client.post(body).done()
    answers = {repr(message["id"]): message for message in exchange.messages}
    assert answers.keys() == {"1", "'two'"} and all("result" in answer for answer in answers.values())
    newest = await world.caller(url).ready()
    await refused(newest.post(body), 400, -32600)


async def test_an_array_that_no_session_can_take_is_told_what_is_wrong_with_it(world, url):
    modern = json.dumps([world.caller(url, MODERN).message("tools/list")]).encode()
    error = await refused(world.caller(url).post(modern, headers={"MCP-Protocol-Version": MODERN}), 400, -32600)
    assert error["message"].startswith(f"Invalid request: the protocol version '{MODERN}' has no arrays")
    opening = json.dumps([world.caller(url).message("initialize")]).encode()
    error = await refused(world.caller(url).post(opening), 400, -32600)
    assert error["message"] == "Invalid request: 'initialize' must be sent by itself, not in an array."


async def test_notifications_and_late_answers_are_accepted_and_nothing_is_said(world, url):
    client = await world.caller(url).ready()
    await client.notify("notifications/roots/list_changed")
    await client.notify("notifications/vendor", {"x": 1})
    late = await client.post({"jsonrpc": "2.0", "id": 12345, "result": {}}, checked=False).done()
    assert (late.status, late.body) == (202, b"")


async def test_the_same_id_in_flight_twice_is_two_answers(world, url):
    client = await world.caller(url).ready()
    first, second = (client.begin_call("kinds__hold", {"tag": tag}, id=1) for tag in ("a", "b"))
    await world.witness.saw("executed", times=2, tool="hold")
    await client.call("kinds__release", {"tag": "b"})
    assert (await second.result())["content"][0]["text"] == "released b"
    await client.call("kinds__release", {"tag": "a"})
    assert (await first.result())["content"][0]["text"] == "released a"


async def test_a_cancelled_call_has_no_result_and_its_exchange_ends(world, url):
    client = await world.caller(url).ready()
    call = client.begin_call("kinds__hold", {"tag": 1}, token=1)
    await call.hear("notifications/progress")
    await client.notify("notifications/cancelled", {"requestId": call.id})
    await world.witness.saw("cancelled", name="hold")
    await call.done()
    assert "result" not in (call.response() or {})


@pytest.mark.parametrize("token", [None, 1], ids=["silent", "streaming"])
async def test_an_array_of_which_every_call_is_cancelled_ends_as_one_call_does(world, url, token):
    client = await world.caller(url, "2025-03-26").ready()
    meta = {} if token is None else {"progressToken": token}
    calls = [
        client.message("tools/call", {"name": "kinds__hold", "arguments": {"tag": tag}}, meta=meta)
        for tag in ("a", "b")
    ]
    exchange = client.post(json.dumps(calls).encode())
    await world.witness.saw("executed", times=2, tool="hold")
    for call in calls:
        await client.notify("notifications/cancelled", {"requestId": call["id"]})
    await exchange.done()
    kind = "application/json" if token is None else "text/event-stream"
    assert (exchange.status, exchange.type) == (200, kind)
    assert [m["error"]["code"] for m in exchange.messages if "method" not in m] == [-32800]


async def test_a_log_level_is_a_sessions_own(world, url):
    loud, quiet = await world.caller(url).ready(), await world.caller(url).ready()
    await quiet.names()
    for client, level in ((loud, "debug"), (quiet, "error")):
        await client.listen().begun()
        await client.request("logging/setLevel", {"level": level})
    await loud.call("kinds__slow", {"steps": 3})
    logs = await loud.hears("notifications/message", times=3)
    assert [log["data"]["step"] for log in logs] == [1, 2, 3]
    await quiet.call("kinds__slow", {"steps": 3})
    await quiet.call("kinds__grow", {"name": "later"})
    await quiet.hears("notifications/tools/list_changed", times=1)
    assert quiet.told("notifications/message") == []


@pytest.mark.parametrize("level, lines", [("debug", 3), ("info", 3), ("error", 0), (None, 0)])
async def test_a_log_level_is_a_requests_own_in_the_newer_era(world, url, level, lines):
    client = world.caller(url, MODERN)
    call = client.begin_call("kinds__slow", {"steps": 3}, meta={META + "logLevel": level})
    await call.result()
    assert len(call.notifications("notifications/message")) == lines


async def test_what_is_said_unasked_is_said_once_per_session(world, url):
    client, other = await world.caller(url).ready(), await world.caller(url).ready()
    assert await client.names() == await other.names()
    streams = [await peer.listen().begun() for peer in (client, other)]
    assert [stream.status for stream in streams] == [200, 200]
    for n in range(2):
        await client.call("kinds__grow", {"name": f"grown_{n}"})
        for stream in streams:
            await stream.hear("notifications/tools/list_changed")
    mine = [m for m in client.heard if m.get("method") == "notifications/tools/list_changed"]
    assert len(mine) == 2


async def test_an_update_goes_to_the_session_that_asked_for_it(world, url):
    mine, other = await world.caller(url).ready(), await world.caller(url).ready()
    await other.names()
    streams = [await client.listen().begun() for client in (mine, other)]
    await mine.request("resources/subscribe", {"uri": "memo://note"})
    changed = {"method": "notifications/resources/updated", "params": {"uri": "memo://note"}}
    await mine.call("kinds__notify", changed)
    assert (await streams[0].hear("notifications/resources/updated"))["params"]["uri"] == "memo://note"
    await other.call("kinds__grow", {"name": "later"})
    await streams[1].hear("notifications/tools/list_changed")
    assert streams[1].notifications("notifications/resources/updated") == []


async def test_a_listener_of_the_newer_era_hears_what_it_asked_for_under_its_own_id(world, url):
    client = world.caller(url, MODERN)
    wanted = {"toolsListChanged": True, "resourceSubscriptions": ["memo://note", "memo://nowhere/at/all"]}
    stream = client.begin("subscriptions/listen", {"notifications": wanted}, id="mine")
    first = await stream.next()
    assert first["method"] == "notifications/subscriptions/acknowledged"
    assert first["params"]["notifications"]["toolsListChanged"] is True
    assert "memo://note" in first["params"]["notifications"]["resourceSubscriptions"]
    await client.call("kinds__grow", {"name": "grown"})
    await stream.hear("notifications/tools/list_changed")
    changed = {"method": "notifications/resources/updated", "params": {"uri": "memo://note"}}
    await client.call("kinds__notify", changed)
    assert (await stream.hear("notifications/resources/updated"))["params"]["uri"] == "memo://note"
    assert {m["params"]["_meta"][META + "subscriptionId"] for m in stream.messages} == {"mine"}


async def test_the_envelope_stays_here(world, url):
    """An upstream of the older era sees none of it, and its own keys come through."""
    client = world.caller(url, MODERN)
    line = json.loads(base64.b64decode(await client.text("kinds__mirror", {"x": 1}, meta={"vendor/x": [1.5]})))
    assert line["params"]["_meta"] == {"vendor/x": [1.5]} and line["params"]["arguments"] == {"x": 1}


async def test_an_envelope_of_a_revision_that_is_not_known_is_refused_with_those_that_are(world, url):
    client = world.caller(url, MODERN)
    later = {"_meta": envelope("2031-01-01")}
    exchange = client.begin("tools/list", later, headers={"MCP-Protocol-Version": "2031-01-01"}, checked=False)
    error = await refused(exchange, 400, -32022)
    assert error["data"] == {"supported": [MODERN], "requested": "2031-01-01"}
