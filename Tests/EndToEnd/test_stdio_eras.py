"""One pipe, both eras: each message is read by what it says itself, in any order."""

import base64
import json

import pytest
from harness.eras import META, MODERN, NEWEST, envelope
from harness.peer import EnvelopedPeer


async def newer(world, **upstreams) -> EnvelopedPeer:
    """A client of the newest revision on standard input and output."""
    return await world.client(upstreams or {"kinds": world.raw("kinds")}, version=MODERN)


def tagged(params: dict):
    """Which listener a notification is for."""
    return params.get("_meta", {}).get(META + "subscriptionId")


async def test_the_newest_revision_needs_no_handshake(world):
    client = await newer(world)
    found = await client.request("server/discover")
    assert found["supportedVersions"] == [MODERN] and found["resultType"] == "complete"
    assert found["_meta"][META + "serverInfo"]["name"] == "manifold"
    assert await client.text("kinds__echo", {"text": "x"}) == "x"
    listed = await client.request("tools/list")
    assert listed["resultType"] == "complete" and listed["ttlMs"] >= 0 and listed["cacheScope"]


async def test_a_handshake_after_a_discovery_opens_a_session_and_closes_nothing(world):
    """What a client does that looks first and falls back although it need not."""
    client = await newer(world)
    await client.request("server/discover")
    params = {"protocolVersion": NEWEST, "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}
    client.send({"jsonrpc": "2.0", "id": "hello", "method": "initialize", "params": params})
    assert (await client.answer("hello"))["result"]["protocolVersion"] == NEWEST
    client.notify("notifications/initialized")
    call = {"name": "kinds__echo", "arguments": {"text": "plain"}}
    client.send({"jsonrpc": "2.0", "id": "plain", "method": "tools/call", "params": call})
    plain = (await client.answer("plain"))["result"]
    assert plain["content"][0]["text"] == "plain" and "resultType" not in plain
    assert (await client.call("kinds__echo", {"text": "y"}))["resultType"] == "complete"


async def test_a_request_of_neither_era_is_told_what_is_missing(world):
    client = await newer(world)
    client.send({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    error = (await client.answer(1))["error"]
    assert error["code"] == -32602 and "initialize" in error["message"] and MODERN in error["message"]
    client.send({"jsonrpc": "2.0", "id": 2, "method": "ping"})
    assert (await client.answer(2))["result"] == {}


@pytest.mark.parametrize("missing", ["protocolVersion", "clientCapabilities"])
async def test_an_envelope_that_lacks_a_key_is_refused(world, missing):
    client = await newer(world)
    meta = {key: value for key, value in envelope().items() if key != META + missing}
    client.send({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}})
    assert (await client.answer(1))["error"]["code"] == -32602


async def test_a_revision_that_is_not_known_is_refused_with_those_that_are(world):
    client = await newer(world)
    error = await client.refusal("tools/list", {"_meta": envelope("2031-01-01")})
    assert error["code"] == -32022
    assert error["data"] == {"supported": [MODERN], "requested": "2031-01-01"}


@pytest.mark.parametrize("method", ["ping", "logging/setLevel", "resources/subscribe", "no/such"])
async def test_what_the_newest_revision_has_not_is_not_found(world, method):
    client = await newer(world)
    assert (await client.refusal(method))["code"] == -32601


async def test_a_cancelled_call_is_heard_of_no_more(world):
    client = await newer(world)
    client.begin_call("kinds__hold", {"tag": 1}, id="gone")
    await world.witness.saw("executed", tool="hold")
    client.notify("notifications/cancelled", {"requestId": "gone"})
    assert (await world.witness.saw("cancelled"))["known"]
    assert await client.text("kinds__echo", {"text": "on"}) == "on"
    assert client.unheard() == []


async def test_progress_and_logs_are_for_the_request_that_asked(world):
    client = await newer(world)
    params = {"name": "kinds__slow", "arguments": {"steps": 3}}
    quiet = client.begin("tools/call", params)
    await client.answer(quiet)
    assert client.unheard() == []
    loud = client.begin("tools/call", {**params, "_meta": {"progressToken": "p", META + "logLevel": "info"}})
    await client.answer(loud)
    heard = [m["method"].rpartition("/")[2] for m in client.unheard()]
    assert sorted(heard) == ["message"] * 3 + ["progress"] * 3


async def test_a_listener_is_acknowledged_first_and_ended_by_cancellation(world):
    client = await newer(world)
    # What is listed first is a change, too, for who listened before.
    await client.names()
    for id in ("ear", "other"):
        client.begin("subscriptions/listen", {"notifications": {"toolsListChanged": True}}, id=id)
        ack = await client.notification("notifications/subscriptions/acknowledged")
        assert ack["_meta"][META + "subscriptionId"] == id
        assert ack["notifications"] == {"toolsListChanged": True}
    await client.call("kinds__grow", {"name": "one_more"})
    for id in ("ear", "other"):
        await client.notification("notifications/tools/list_changed", lambda p, id=id: tagged(p) == id)
    client.notify("notifications/cancelled", {"requestId": "ear"})
    await client.call("kinds__grow", {"name": "and_another"})
    await client.notification("notifications/tools/list_changed", lambda p: tagged(p) == "other")
    assert "kinds__and_another" in await client.names()
    assert client.unheard(lambda m: m.get("method") == "notifications/tools/list_changed") == []


async def test_the_envelope_stays_here(world):
    client = await newer(world)
    params = {"name": "kinds__mirror", "arguments": {"x": 1}, "_meta": {"vendor/x": [1.5]}}
    text = (await client.request("tools/call", params))["content"][0]["text"]
    line = json.loads(base64.b64decode(text))
    assert line["params"]["_meta"] == {"vendor/x": [1.5]}


async def test_no_question_is_put_to_a_client_of_the_newest_revision(world):
    """It has no way to answer one; what an upstream needs comes back as the call's result."""
    client = await newer(world)
    form = {
        "message": "Your name?",
        "requestedSchema": {"type": "object", "properties": {"name": {"type": "string"}}},
    }
    params = {"name": "kinds__ask", "arguments": {"method": "elicitation/create", "params": form}}
    first = await client.request("tools/call", params)
    assert client.unheard() == [] and first["resultType"] == "input_required"
    [(key, question)] = first["inputRequests"].items()
    assert question == {"method": "elicitation/create", "params": {**form, "message": "[kinds] Your name?"}}
    answers = {"inputResponses": {key: {"action": "accept", "content": {"name": "Bo"}}}}
    second = await client.request("tools/call", {**params, **answers, "requestState": first["requestState"]})
    told = json.loads(second["content"][0]["text"])
    assert told["result"] == {"action": "accept", "content": {"name": "Bo"}}
    assert world.witness.count("executed", tool="ask") == 1


async def test_what_a_client_does_not_offer_is_refused_to_the_server_that_asks(world):
    client = await newer(world)
    meta = {META + "clientCapabilities": {"sampling": {}}}
    params = {"name": "kinds__ask", "arguments": {"method": "roots/list"}, "_meta": meta}
    result = await client.request("tools/call", params)
    assert result["resultType"] == "complete"
    assert json.loads(result["content"][0]["text"])["error"]["code"] == -32601
