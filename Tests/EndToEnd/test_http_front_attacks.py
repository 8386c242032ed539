"""Whoever can reach the port: malformed, slow, endless and forged requests are refused or bounded.

Beside every attack a normal client is served, and afterwards the process is as large as it was.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from harness import processes
from harness.eras import MODERN, NEWEST, envelope
from harness.limits import PATIENCE, soon
from harness.wire import Closed, Wire, head

CONNECTIONS = int(os.environ.get("MANIFOLD_TEST_CONNECTIONS", "2000"))
#: Bytes that an attack may leave behind: allocators keep some of what they were given.
SLACK = 24 << 20


@pytest_asyncio.fixture
async def front(world):
    """manifold with an HTTP front and one small upstream; at its end it must stop as it should."""
    front = await world.front({"few": world.raw("few"), "kinds": world.raw("kinds")})
    yield front
    await world.hang_up()
    assert await asyncio.to_thread(front.stop) in (0, 128 + signal.SIGTERM), front.story()


def body(tag: str, tool: str = "few__echo", /, **arguments) -> bytes:
    """A call that needs no session: whoever gets it through has run it."""
    params = {"name": tool, "arguments": {"text": tag, **arguments}, "_meta": envelope()}
    return json.dumps({"jsonrpc": "2.0", "id": tag, "method": "tools/call", "params": params}).encode()


def lines(front, tool: str = "few__echo") -> list[tuple[str, str]]:
    """The headers of such a call, without its length."""
    return [
        ("Host", urlsplit(front.url).netloc),
        ("Content-Type", "application/json"),
        ("Accept", "application/json, text/event-stream"),
        ("MCP-Protocol-Version", MODERN),
        ("Mcp-Method", "tools/call"),
        ("Mcp-Name", tool),
    ]


def request(front, tag: str, tool: str = "few__echo", /, **arguments) -> bytes:
    """The whole request, as a correct client sends it."""
    data = body(tag, tool, **arguments)
    return head("POST", "/mcp", [*lines(front, tool), ("Content-Length", str(len(data)))]) + data


def chunks(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(data), data)


async def alive(world, front) -> None:
    """A normal client is served, at once."""
    peer = world.caller(front.url, NEWEST)
    await peer.ready()
    assert await soon(peer.text("few__echo", {"text": "x"}), "a normal client's answer", 5) == "few/echo: x"
    await peer.discard()


async def refused(wire: Wire) -> int | None:
    """The status of the refusal; nothing follows it. A connection that is only closed has none."""
    try:
        answer = await wire.answer()
        await answer.body()
        status = answer.status
        assert 400 <= status < 600, f"it was accepted: {status}"
    except Closed:
        status = None
    assert b"HTTP/1." not in await wire.ended(), "a second answer came"
    return status


def executed(world) -> list[str]:
    """The tags of the calls that ran."""
    return [fact["arguments"]["text"] for fact in world.witness.all("executed", tool="echo")]


# Two readers must not see two requests


async def test_what_the_attacks_try_to_smuggle_works_when_it_is_sent_openly(world, front):
    wire = await world.wire(front.url)
    await wire.send(request(front, "open") + request(front, "second"))
    for tag in ("open", "second"):
        answer = await wire.answer()
        assert answer.status == 200
        assert f"few/echo: {tag}".encode() in await answer.body()
    wire.close()
    assert executed(world) == ["open", "second"]


#: What is said about the length of a body that is itself a request: whoever reads less runs that.
LENGTHS = {
    "and chunks": [("Content-Length", "{n}"), ("Transfer-Encoding", "chunked")],
    "after chunks": [("Transfer-Encoding", "chunked"), ("Content-Length", "{n}")],
    "twice": [("Content-Length", "{n}"), ("Content-Length", "0")],
    "twice, the other way": [("Content-Length", "0"), ("Content-Length", "{n}")],
    "in a list": [("Content-Length", "0, {n}")],
    "with a sign": [("Content-Length", "+0")],
    "negative": [("Content-Length", "-1")],
    "in hexadecimal": [("Content-Length", "0x10")],
    "with a unit": [("Content-Length", "0b")],
    "empty": [("Content-Length", "")],
    "beyond 64 bits": [("Content-Length", "18446744073709551616")],
    "with a space inside": [("Content-Length", "0 {n}")],
    "before a colon with a space": [("Content-Length ", "{n}")],
}
CODINGS = ["identity", "xchunked", "chunked, identity", "gzip, chunked", "chunked,chunked", "chu\x0bnked", ""]


@pytest.mark.parametrize("case", LENGTHS)
async def test_a_length_that_can_be_read_in_two_ways_is_refused(world, front, case):
    payload = request(front, "smuggled")
    if "chunks" in case:
        payload = chunks(body("outer")) + payload
    extra = [(name, value.format(n=len(payload))) for name, value in LENGTHS[case]]
    wire = await world.wire(front.url)
    await wire.send(head("POST", "/mcp", lines(front) + extra) + payload)
    assert await refused(wire) in (400, 411, 413, 501, None)
    await alive(world, front)
    assert executed(world) == ["x"]


async def test_a_body_needs_a_length(world, front):
    wire = await world.wire(front.url)
    await wire.send(head("POST", "/mcp", lines(front)))
    assert (await wire.answer()).status in (400, 411)
    wire.close()


@pytest.mark.parametrize("coding", CODINGS)
async def test_a_coding_that_is_not_just_chunks_is_refused(world, front, coding):
    wire = await world.wire(front.url)
    extra = [("Transfer-Encoding", coding)]
    await wire.send(
        head("POST", "/mcp", lines(front) + extra) + chunks(body("outer")) + request(front, "smuggled")
    )
    assert await refused(wire) in (400, 411, 501, None)
    await alive(world, front)
    assert executed(world) == ["x"]


async def test_chunks_in_an_older_version_of_http_are_refused(world, front):
    wire = await world.wire(front.url)
    extra = [("Transfer-Encoding", "chunked"), ("Connection", "keep-alive")]
    text = head("POST", "/mcp", lines(front) + extra).replace(b"HTTP/1.1", b"HTTP/1.0")
    await wire.send(text + chunks(body("outer")) + request(front, "smuggled"))
    await refused(wire)
    await alive(world, front)
    assert "smuggled" not in executed(world)


SIZES = [b"0x5", b"+5", b"-5", b"", b"5 5", b"FFFFFFFFFFFFFFFFF", b"g", b"\xb2", b"5\n5\r"]


@pytest.mark.parametrize("size", SIZES)
async def test_a_chunk_size_that_is_none_is_refused(world, front, size):
    wire = await world.wire(front.url)
    start = head("POST", "/mcp", [*lines(front), ("Transfer-Encoding", "chunked")])
    await wire.send(start + size + b"\r\n{}{}{\r\n0\r\n\r\n" + request(front, "smuggled"))
    assert await refused(wire) in (400, 413, None)
    await alive(world, front)
    assert executed(world) == ["x"]


async def test_a_chunk_that_is_longer_than_it_says_is_refused(world, front):
    wire = await world.wire(front.url)
    start = head("POST", "/mcp", [*lines(front), ("Transfer-Encoding", "chunked")])
    await wire.send(start + b"2\r\n{}XX0\r\n\r\n" + request(front, "smuggled"))
    assert await refused(wire) in (400, None)
    assert "smuggled" not in executed(world)


HEADS = {
    "a folded line": b"POST /mcp HTTP/1.1\r\nHost: {host}\r\nX-A: 1\r\n 2\r\n",
    "a bare line feed": b"POST /mcp HTTP/1.1\nHost: {host}\n",
    "a bare carriage return": b"POST /mcp HTTP/1.1\r\nHost: {host}\r\nX-A: 1\rX-B: 2\r\n",
    "a null in a value": b"POST /mcp HTTP/1.1\r\nHost: {host}\r\nX-A: 1\x002\r\n",
    "a space in a name": b"POST /mcp HTTP/1.1\r\nHost: {host}\r\nX A: 1\r\n",
    "a line without colon": b"POST /mcp HTTP/1.1\r\nHost: {host}\r\nX-A\r\n",
    "a line without name": b"POST /mcp HTTP/1.1\r\nHost: {host}\r\n: 1\r\n",
    "white space first": b"POST /mcp HTTP/1.1\r\n X-A: 1\r\nHost: {host}\r\n",
    "two spaces": b"POST  /mcp HTTP/1.1\r\nHost: {host}\r\n",
    "a tab": b"POST\t/mcp\tHTTP/1.1\r\nHost: {host}\r\n",
    "no version": b"POST /mcp\r\nHost: {host}\r\n",
    "a later version": b"POST /mcp HTTP/2.0\r\nHost: {host}\r\n",
    "a version with a letter": b"POST /mcp HTTP/1.x\r\nHost: {host}\r\n",
    "a path with a null": b"POST /m\x00cp HTTP/1.1\r\nHost: {host}\r\n",
    "an upgrade": b"PRI * HTTP/2.0\r\n\r\nSM\r\n",
    "no http at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n",
}
PLACES = {
    "a method in lower case": b"post /mcp HTTP/1.1\r\nHost: {host}\r\n",
    "a path without slash": b"POST mcp HTTP/1.1\r\nHost: {host}\r\n",
    "another origin as target": b"POST http://evil.example/mcp HTTP/1.1\r\nHost: {host}\r\n",
    "no host": b"POST /mcp HTTP/1.1\r\n",
    "two hosts": b"POST /mcp HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n",
    "an empty host": b"POST /mcp HTTP/1.1\r\nHost:\r\n",
    "a host with a user": b"POST /mcp HTTP/1.1\r\nHost: user@{host}\r\n",
}


def outer(front, start: bytes) -> bytes:
    """A whole request with this beginning."""
    data, host = body("outer"), urlsplit(front.url).netloc.encode()
    rest = [(name, value) for name, value in lines(front) if name != "Host"] + [("Content-Length", str(len(data)))]
    more = "".join(f"{name}: {value}\r\n" for name, value in rest).encode()
    return start.replace(b"{host}", host) + more + b"\r\n" + data


@pytest.mark.parametrize("case", HEADS)
async def test_a_head_by_nobodys_grammar_is_refused_and_nothing_behind_it_is_read(world, front, case):
    wire = await world.wire(front.url)
    await wire.send(outer(front, HEADS[case]) + request(front, "smuggled"))
    assert await refused(wire) in (400, 404, 405, 501, 505, None)
    await alive(world, front)
    assert executed(world) == ["x"]


@pytest.mark.parametrize("case", PLACES)
async def test_a_head_that_names_no_place_of_ours_is_refused(world, front, case):
    wire = await world.wire(front.url)
    await wire.send(outer(front, PLACES[case]))
    assert (await wire.answer()).status in (400, 403, 404, 405, 421, 501)
    await alive(world, front)
    assert executed(world) == ["x"]


TWICE = {
    "Mcp-Name": "few__other",
    "Mcp-Method": "tools/list",
    "MCP-Protocol-Version": NEWEST,
    "Content-Type": "text/plain",
    "Host": "evil.example",
}


@pytest.mark.parametrize("name", TWICE)
@pytest.mark.parametrize("order", ["before", "after"])
async def test_a_header_that_decides_and_comes_twice_is_refused(world, front, name, order):
    data = body("outer")
    usual = [*lines(front), ("Content-Length", str(len(data)))]
    extra = [(name, TWICE[name])]
    wire = await world.wire(front.url)
    await wire.send(head("POST", "/mcp", extra + usual if order == "before" else usual + extra) + data)
    answer = await wire.answer()
    assert 400 <= answer.status < 500
    wire.close()
    await alive(world, front)
    assert executed(world) == ["x"]


async def test_a_session_that_is_named_twice_is_refused(world, front):
    peer = await world.caller(front.url).ready()
    message = peer.message("tools/call", {"name": "few__echo", "arguments": {"text": "twice"}})
    exchange = await peer.post(message, headers=[("Mcp-Session-Id", "another")]).begun()
    assert 400 <= exchange.status < 500 and executed(world) == []


# Forged addresses

FORGED = {
    "another host": ("evil.example.com", None),
    "another host with the port": ("evil.example.com:{port}", None),
    "a name that begins like ours": ("localhost.evil.example.com:{port}", None),
    "an address that begins like ours": ("127.0.0.1.evil.example.com:{port}", None),
    "an address as a number": ("2130706433:{port}", None),
    "another page": ("127.0.0.1:{port}", "http://evil.example.com"),
    "another page's name for us": ("127.0.0.1:{port}", "http://localhost.evil.example.com:{port}"),
    "a page without origin": ("127.0.0.1:{port}", "null"),
    "a page of an extension": ("127.0.0.1:{port}", "chrome-extension://abcdef"),
}


@pytest.mark.parametrize("case", FORGED)
async def test_a_request_for_another_host_or_from_another_page_is_refused(world, front, case):
    port = urlsplit(front.url).port
    host, origin = (value and value.format(port=port) for value in FORGED[case])
    for verb in ("POST", "GET", "DELETE", "OPTIONS"):
        data = body("forged") if verb == "POST" else b""
        forged = [(name, host if name == "Host" else value) for name, value in lines(front)]
        forged += [("Content-Length", str(len(data)))] + ([("Origin", origin)] if origin else [])
        wire = await world.wire(front.url)
        await wire.send(head(verb, "/mcp", forged) + data)
        answer = await wire.answer()
        assert 400 <= answer.status < 500, (verb, answer.status)
        assert answer.header("access-control-allow-origin") is None
        wire.close()
    await alive(world, front)
    assert executed(world) == ["x"]


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}"])
@pytest.mark.parametrize("page", [False, True])
async def test_our_own_names_are_served(world, front, host, page):
    data, own = body("own"), host.format(port=urlsplit(front.url).port)
    named = [(name, own if name == "Host" else value) for name, value in lines(front)]
    named += [("Content-Length", str(len(data)))] + ([("Origin", f"http://{own.lower()}")] if page else [])
    wire = await world.wire(front.url)
    await wire.send(head("POST", "/mcp", named) + data)
    assert (await wire.answer()).status == 200
    wire.close()
    assert executed(world) == ["own"]


@pytest.mark.parametrize("path", ["/", "/mcp/", "/mcp/../mcp", "/MCP", "/mcp?x=1", "/%6dcp", "//mcp", "/etc/passwd"])
async def test_another_path_is_not_served(world, front, path):
    data = body("path")
    wire = await world.wire(front.url)
    await wire.send(head("POST", path, [*lines(front), ("Content-Length", str(len(data)))]) + data)
    answer = await wire.answer()
    # A query may be ignored; everything else is another place.
    assert answer.status == 404 or (path.startswith("/mcp?") and answer.status == 200)
    wire.close()


@pytest.mark.parametrize("verb", ["PUT", "PATCH", "HEAD", "TRACE", "CONNECT", "BREW"])
async def test_another_verb_is_not_served(world, front, verb):
    wire = await world.wire(front.url)
    await wire.send(head(verb, "/mcp", [*lines(front), ("X-Secret", "s3cret"), ("Content-Length", "0")]))
    answer = await wire.answer(method=verb)
    assert answer.status in (400, 405, 501)
    assert answer.status != 405 or "POST" in answer.header("allow")
    assert verb == "HEAD" or b"s3cret" not in await answer.body()
    wire.close()


LIST = b'{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":%s}' % json.dumps(envelope()).encode()
BODIES = {
    "nothing": b"",
    "no json": b"{",
    "a number": b"5",
    "half of it": LIST,
    "a batch": b"[" + LIST + b"}]",
    "no utf-8": LIST + b',"x":"\xff"}',
    "two methods": LIST + b',"method":"tools/call"}',
    "two methods in other spellings": LIST + b',"\\u006dethod":"tools/call"}',
    "two parameters": LIST + b',"params":{}}',
    "two texts": LIST + b"} {}",
    "a null id": LIST.replace(b'"id":1', b'"id":null') + b"}",
    "an id that is an object": LIST.replace(b'"id":1', b'"id":{}') + b"}",
    "very deep": LIST + b',"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
}


@pytest.mark.parametrize("case", [None, *BODIES])
async def test_a_body_that_is_no_message_is_refused(world, front, case):
    data = LIST + b"}" if case is None else BODIES[case]
    wire = await world.wire(front.url)
    usual = [*lines(front)[:4], ("Mcp-Method", "tools/list"), ("Content-Length", str(len(data)))]
    await wire.send(head("POST", "/mcp", usual) + data)
    assert (await wire.answer()).status == (200 if case is None else 400)
    wire.close()
    await alive(world, front)


@pytest.mark.parametrize(
    "name, value, status",
    [
        ("Content-Type", "text/plain", {400, 415}),
        ("Content-Type", None, {400, 415}),
        ("Accept", "text/html", {406}),
        ("Content-Encoding", "gzip", {400, 415}),
    ],
)
async def test_a_request_that_wants_what_there_is_not_is_refused(world, front, name, value, status):
    data = body("outer")
    kept = [pair for pair in lines(front) if pair[0] != name] + [("Content-Length", str(len(data)))]
    wire = await world.wire(front.url)
    await wire.send(head("POST", "/mcp", kept + ([(name, value)] if value else [])) + data)
    assert (await wire.answer()).status in status
    wire.close()
    assert executed(world) == []


async def test_a_client_that_asks_before_it_sends_is_told_to_go_on(world, front):
    data = body("asked")
    wire = await world.wire(front.url)
    extra = [("Content-Length", str(len(data))), ("Expect", "100-continue")]
    await wire.send(head("POST", "/mcp", lines(front) + extra))
    assert await soon(wire.line(), "100 Continue") == b"HTTP/1.1 100 Continue"
    await wire.send(data)
    assert await wire.line() == b"" and (await wire.answer()).status == 200
    wire.close()


# Sizes


async def poured(wire: Wire, piece: bytes, most: int) -> int:
    """Writes this again and again until the peer has answered or closed; how many bytes that took."""
    sent, watcher = 0, asyncio.create_task(wire.reader.read(1))
    try:
        while sent < most and not watcher.done():
            wire.writer.write(piece)
            sent += len(piece)
            with contextlib.suppress(ConnectionError):
                await asyncio.wait_for(wire.writer.drain(), PATIENCE)
            await asyncio.sleep(0)
    finally:
        watcher.cancel()
        wire.close()
    return sent


CHUNKED = b"POST /mcp HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n"
FLOODS = {
    "headers": (b"POST /mcp HTTP/1.1\r\nHost: x\r\n", b"X-A: 1\r\n" * 1000),
    "one header": (b"POST /mcp HTTP/1.1\r\nHost: x\r\nX-A: ", b"x" * 65536),
    "one name": (b"POST /mcp HTTP/1.1\r\nHost: x\r\n", b"x" * 65536),
    "a path": (b"POST /", b"x" * 65536),
    "a method": (b"", b"X" * 65536),
    "empty lines": (b"", b"\r\n" * 32768),
    "a chunk's extension": (CHUNKED + b"1;", b"x" * 65536),
    "trailers": (CHUNKED + b"0\r\n", b"X: 1\r\n" * 9999),
}


@pytest.mark.parametrize("case", FLOODS)
async def test_a_head_that_never_ends_is_refused_soon(world, front, case):
    await alive(world, front)
    before = processes.resident_bytes(front.pid) if sys.platform == "linux" else 0
    start, piece = FLOODS[case]
    wire = await world.wire(front.url)
    await wire.send(start.replace(b"{host}", urlsplit(front.url).netloc.encode()))
    # Most of what is written before the refusal is seen lies in the kernel's buffers.
    assert await poured(wire, piece, most=256 << 20) < 64 << 20
    await alive(world, front)
    if sys.platform == "linux":
        assert processes.resident_bytes(front.pid) - before < SLACK


@pytest.mark.parametrize("length", [1 << 30, 1 << 40, (1 << 63) - 1, 1 << 63])
async def test_a_length_beyond_the_limit_is_refused_before_the_body(world, front, length):
    wire = await world.wire(front.url)
    await wire.send(head("POST", "/mcp", [*lines(front), ("Content-Length", str(length))]))
    assert await refused(wire) in (400, 413)
    await alive(world, front)


async def test_chunks_beyond_the_limit_are_refused_where_they_pass_it(world):
    front = await world.front({"few": world.raw("few")}, limits={"message": "1 MiB"})
    await alive(world, front)
    wire = await world.wire(front.url)
    await wire.send(head("POST", "/mcp", [*lines(front), ("Transfer-Encoding", "chunked")]))
    assert await poured(wire, b"1000\r\n" + b" " * 4096 + b"\r\n", most=256 << 20) < 64 << 20
    await alive(world, front)


async def test_a_length_that_is_only_claimed_costs_nothing(world, front):
    """Two hundred clients announce as much as is allowed and send nothing of it."""
    await alive(world, front)
    before = processes.resident_bytes(front.pid)
    start = head("POST", "/mcp", [*lines(front), ("Content-Length", str(100 << 20))])
    wires = await asyncio.gather(*(world.wire(front.url) for _ in range(200)))
    for wire in wires:
        await wire.send(start + b"{")
    await alive(world, front)
    assert processes.resident_bytes(front.pid) - before < SLACK
    for wire in wires:
        wire.close()


# Slowness and numbers


async def test_heads_and_bodies_that_stop_coming_disturb_nobody_and_are_ended(world):
    front = await world.front({"few": world.raw("few")}, inbound={"requestIdle": "2 s"})
    part = request(front, "slow")
    wires = await asyncio.gather(*(world.wire(front.url) for _ in range(200)))
    for n, wire in enumerate(wires):
        await wire.send(part[:40] if n % 2 else part[:-10])
    for _ in range(20):
        await alive(world, front)
    # Not one of them may stay: a head and a body have a time in which they must have come.
    await soon(asyncio.gather(*(wire.ended() for wire in wires)), "the slow ones to be ended")
    assert "slow" not in executed(world)


async def test_many_idle_connections_disturb_nobody_and_leave_nothing(world, front):
    await alive(world, front)
    before = processes.resident_bytes(front.pid)
    wires = []
    while len(wires) < CONNECTIONS:
        wires += await asyncio.gather(*(world.wire(front.url) for _ in range(100)))
    await alive(world, front)
    with_all = processes.resident_bytes(front.pid)
    # A connection costs kilobytes.
    assert with_all - before < SLACK + CONNECTIONS * 16_384, (before, with_all)
    for wire in wires:
        wire.reset()
    await alive(world, front)
    after = processes.resident_bytes(front.pid)
    assert after - before < SLACK, (before, with_all, after)


async def test_connections_that_come_and_go_leave_nothing(world, front):
    await alive(world, front)
    descriptors = len(os.listdir(f"/proc/{front.pid}/fd"))
    before = processes.resident_bytes(front.pid)
    for _ in range(20):
        wires = await asyncio.gather(*(world.wire(front.url) for _ in range(100)))
        for n, wire in enumerate(wires):
            await wire.send(request(front, "gone")[: 300 * (n % 2)])
            wire.reset()
    await alive(world, front)

    async def back() -> None:
        while len(os.listdir(f"/proc/{front.pid}/fd")) > descriptors + 2:
            await alive(world, front)

    await soon(back(), "the descriptors to be given back")
    assert processes.resident_bytes(front.pid) - before < SLACK


async def test_calls_whose_client_went_away_are_not_kept(world, front):
    """In the newer era hanging up is the cancellation: two hundred times."""
    await alive(world, front)
    wires = await asyncio.gather(*(world.wire(front.url) for _ in range(200)))
    for n, wire in enumerate(wires):
        await wire.send(request(front, f"held-{n}", "kinds__hold", tag=n))
    await world.witness.saw("executed", times=200, tool="hold")
    for wire in wires:
        wire.reset()
    await world.witness.saw("cancelled", times=200, name="hold")
    await alive(world, front)


async def test_requests_one_behind_the_other_are_answered_in_their_order(world, front):
    wire = await world.wire(front.url)
    await wire.send(b"".join(request(front, f"n-{n}") for n in range(50)))
    for n in range(50):
        answer = await wire.answer()
        message = json.loads(await answer.body())
        assert (message["id"], answer.status) == (f"n-{n}", 200)
    wire.close()


async def test_a_request_behind_a_stream_waits_for_its_end(world, front):
    wire = await world.wire(front.url)
    held = json.loads(body("first", "kinds__hold", tag=1))
    held["params"]["_meta"]["progressToken"] = 1
    data = json.dumps(held).encode()
    start = head("POST", "/mcp", [*lines(front, "kinds__hold"), ("Content-Length", str(len(data)))])
    await wire.send(start + data + request(front, "behind"))
    first = await wire.answer()
    events = first.events()
    assert json.loads((await anext(events)).data)["method"] == "notifications/progress"
    await alive(world, front)
    assert "behind" not in executed(world), "it ran while the stream before it was open"
    peer = world.caller(front.url, MODERN)
    await peer.call("kinds__release", {"text": "first", "tag": 1})
    rest = [json.loads(event.data) async for event in events]
    assert [message["id"] for message in rest] == ["first"]
    assert json.loads(await (await wire.answer()).body())["id"] == "behind"
    wire.close()


async def test_a_client_that_sends_much_and_reads_nothing_is_held_back(world, front):
    await alive(world, front)
    before = processes.resident_bytes(front.pid)
    wire = await world.wire(front.url)
    wire.writer.transport.set_write_buffer_limits(0)
    wanted = request(front, "much", "kinds__huge", bytes=1 << 20)
    with contextlib.suppress(TimeoutError, ConnectionError):
        for _ in range(20_000):
            wire.writer.write(wanted)
            await asyncio.wait_for(wire.writer.drain(), 1)
    await alive(world, front)
    assert processes.resident_bytes(front.pid) - before < SLACK + (16 << 20)
    wire.reset()
    await alive(world, front)
