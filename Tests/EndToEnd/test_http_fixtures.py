"""What the HTTP tests take for granted: reader, schemas, and an upstream that fails only when told to."""

import json
import sys

import pytest
import pytest_asyncio
from harness import schema, sse
from harness.eras import META, MODERN, NEWEST, envelope
from harness.http_peer import HttpPeer
from harness.listeners import Listener
from harness.upstream import Upstream
from harness.wire import Closed, head

VERSIONS = [NEWEST, MODERN]


@pytest_asyncio.fixture(params=VERSIONS)
async def pair(request, world):
    """An upstream of one era and a raw client of it, without the product between."""
    upstream = await Upstream(request.param).start()
    yield upstream, await world.caller(upstream.url, request.param).ready()
    await world.hang_up()
    await upstream.close()


# Events


STREAM = b": hi%s" + sse.event("one\ntwo", id=3, retry=5) + sse.event("", id=4) + sse.event("\u00e9")


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"], ids=["LF", "CR", "CRLF"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
def test_events_are_read_whole_in_bytes_and_cut_anywhere(end, mark):
    stream = mark + (STREAM % b"\n").replace(b"\n", end)
    whole = sse.EventReader().feed(stream)
    assert [(e.data, e.id, e.retry) for e in whole] == [("one\ntwo", "3", 5), ("", "4", None), ("\u00e9", None, None)]
    reader = sse.EventReader()
    assert [e for n in range(len(stream)) for e in reader.feed(stream[n : n + 1])] == whole
    for cut in range(len(stream)):
        reader = sse.EventReader()
        assert reader.feed(stream[:cut]) + reader.feed(stream[cut:]) == whole


def test_an_event_without_its_blank_line_never_comes_out():
    assert sse.EventReader().feed(b"data: 1\n") == []


# Schemas

CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "x", "_meta": envelope()}}
NO_TEXT = {"content": [{"type": "text"}], "resultType": "complete"}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_frame_is_checked_by_what_it_is(version):
    if not schema.found().startswith("found"):
        assert schema.revision(version) is None
        return
    check = schema.revision(version).check
    assert check(CALL) is None
    assert "name" in check({**CALL, "params": {"_meta": envelope()}})
    assert "tools/list" not in (check({"jsonrpc": "2.0", "method": "x"}) or "")
    assert "text" in check({"jsonrpc": "2.0", "id": 1, "result": NO_TEXT}, "tools/call")
    assert check({"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "?"}}) is None
    assert check({"jsonrpc": "2.0", "id": 1, "error": {"code": "x", "message": "?"}}) is not None
    assert check([CALL]) is not None and check({"jsonrpc": "2.0", "id": 1}) is not None


def test_a_refused_capability_is_an_object():
    if schema.revision(MODERN) is None:
        return
    error = {"code": -32021, "message": "?", "data": {"requiredCapabilities": ["sampling"]}}
    assert schema.revision(MODERN).check({"jsonrpc": "2.0", "id": 1, "error": error}) is not None


# The upstream


async def test_an_upstream_obeys_when_it_is_told_nothing(pair):
    upstream, client = pair
    assert await client.names() == ["work"]
    assert await client.text("work", {"n": 1}) == "worked"
    assert [params["arguments"] for params in upstream.ran] == [{"n": 1}]
    assert (await client.request("resources/read", {"uri": "memo://note"}))["contents"]
    assert (await client.begin("no/such", checked=False).error())["code"] == -32601
    assert len(upstream.seen("initialize")) == (0 if upstream.modern else 1)


async def test_the_older_era_has_sessions_that_can_be_lost(world):
    upstream = await Upstream().start()
    client = await world.caller(upstream.url).ready()
    upstream.lost.add(client.session)
    assert (await client.begin_call("work").begun()).status == 404
    probe = await world.caller(upstream.url, MODERN).begin("server/discover").done()
    assert probe.status == 400
    assert upstream.ran == []
    await client.discard()
    await upstream.close()


async def test_a_script_is_for_one_request_and_what_it_ran_is_counted(pair):
    upstream, client = pair

    async def half(call):
        call.run()
        await call.head(200, "text/event-stream")
        await call.chunk(b"data: {")
        call.close()

    upstream.on("tools/call", half)
    with pytest.raises(AssertionError, match="ended"):
        await client.call("work")
    assert await client.text("work") == "worked"
    assert len(upstream.ran) == 2


async def test_a_reset_and_a_close_are_told_apart(pair):
    upstream, client = pair

    async def torn(call):
        await call.head(200, "application/json", 100)
        call.reset()

    async def ended(call):
        await call.head(200, "application/json", 100)
        call.close()

    upstream.on("tools/call", torn, ended)
    for failure in (ConnectionError, Closed):
        exchange = client.begin_call("work")
        with pytest.raises(AssertionError):
            await exchange.done()
        assert isinstance(exchange.failure, failure), exchange.failure


async def test_a_connection_serves_one_request_after_another(pair, world):
    upstream, client = pair
    wire = await world.wire(upstream.url)
    for n in range(3):
        message = client.message("tools/call", {"name": "work", "arguments": {"n": n}})
        body = json.dumps(message).encode()
        lines = [*client.headers(message), ("Content-Length", str(len(body)))]
        await wire.send(head("POST", "/mcp", lines) + body)
        assert (await (await wire.answer()).json())["id"] == message["id"]
    assert len({call.connection for call in upstream.seen("tools/call")}) == 1


async def test_a_listener_that_never_says_where_is_told_as_such():
    with pytest.raises(AssertionError, match="never said where it listens\n.*\nno address"):
        Listener([sys.executable, "-c", "import sys; sys.exit('no address')"])


async def test_a_frame_that_its_revision_does_not_allow_is_kept(pair):
    if schema.revision(MODERN) is None:
        return
    upstream, client = pair

    async def wrong(call):
        await call.json(call.response({"tools": [{"name": 5}]}))

    upstream.on("tools/list", wrong)
    await client.request("tools/list")
    [complaint] = client.frames.wrong
    assert "the server sent" in complaint
    client.frames.wrong.clear()


def test_the_envelope_can_lack_what_a_test_wants_it_to_lack():
    assert META + "clientInfo" not in envelope(**{META + "clientInfo": None})
    assert HttpPeer("http://127.0.0.1:1/mcp", MODERN).message("x", meta={META + "clientInfo": None})["params"][
        "_meta"
    ].keys() == {META + "protocolVersion", META + "clientCapabilities"}
