"""An HTTP upstream that fails, at any byte: the right answer or one honest error, and never a second run."""

import asyncio
import json

import pytest
import pytest_asyncio
from harness import sse
from harness.eras import META, MODERN, NEWEST
from harness.limits import soon
from harness.upstream import EVENTS, JSON, Call, Upstream, text

PLAIN = "text/html"


@pytest_asyncio.fixture(params=[NEWEST, MODERN])
async def upstream(request):
    """An obedient HTTP upstream of one era; the client in front speaks the same."""
    upstream = await Upstream(request.param).start()
    yield upstream
    await upstream.close()


@pytest_asyncio.fixture
async def older():
    upstream = await Upstream(NEWEST).start()
    yield upstream
    await upstream.close()


@pytest_asyncio.fixture
async def newer():
    upstream = await Upstream(MODERN).start()
    yield upstream
    await upstream.close()


async def opened(world, upstream: Upstream, timeouts: dict | None = None, **http):
    """A client of the product in front of this upstream, which is known to be up."""
    entry = {"http": {"url": upstream.url, **http}} | ({"timeouts": timeouts} if timeouts else {})
    client = await world.client({"up": entry}, version=upstream.version)
    assert await client.names() == ["up__work"]
    return client


def failed(result: dict, *executed: str) -> str:
    """The text of a result that says which upstream failed, and whether the tool ran."""
    assert result.get("isError") is True, result
    said = result["content"][0]["text"]
    assert "up" in said and result["_meta"]["manifold/upstream"] == "up"
    assert result["_meta"]["manifold/executed"] in executed, result
    said_so = said.count("may have run") + said.count("did not run")
    assert said_so == 1 if result["_meta"]["manifold/executed"] == "unknown" else said_so <= 1, said
    return said


async def recovers(client, upstream: Upstream, before: int) -> None:
    """The next call works, and what had run before it ran once."""
    assert len(upstream.ran) == before
    assert await client.text("up__work") == "worked"
    assert len(upstream.ran) == before + 1
    assert client.unheard(lambda m: "method" not in m) == []


# Answers that are right, however they come


async def in_single_bytes(call: Call) -> None:
    body = json.dumps(call.run()).encode()
    await call.head(200, JSON)
    for n in range(len(body)):
        await call.chunk(body[n : n + 1])
    await call.end()


async def in_single_bytes_as_events(call: Call) -> None:
    await call.head(200, EVENTS)
    for byte in sse.event(json.dumps(call.run()), end=b"\r\n"):
        await call.chunk(bytes([byte]))
    await call.end()


def with_endings(end: bytes):
    async def answer(call: Call) -> None:
        await call.stream()
        await call.chunk(b": a comment" + end + sse.event(json.dumps(call.run()), end=end))
        await call.end()

    return answer


async def over_several_lines(call: Call) -> None:
    lines = json.dumps(call.run(), indent=1).encode().split(b"\n")
    await call.stream()
    await call.chunk(b"\xef\xbb\xbf" + b"".join(b"data:" + line + b"\n" for line in lines) + b"\n")
    await call.end()


async def with_a_slow_head(call: Call) -> None:
    body = json.dumps(call.run()).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    for byte in head:
        await call.raw(bytes([byte]))
    await call.raw(body)


async def until_the_end(call: Call) -> None:
    await call.raw(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + json.dumps(call.run()).encode())
    call.close()


async def after_interim_heads(call: Call) -> None:
    await call.raw(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
    await call.json(call.run())


async def with_extensions_and_trailers(call: Call) -> None:
    body = json.dumps(call.run()).encode()
    await call.head(200, "Application/JSON; charset=utf-8")
    await call.raw(b"%X;name=\"v\"\r\n%s\r\n0\r\nTrailer: x\r\n\r\n" % (len(body), body))


async def twice(call: Call) -> None:
    answer = call.run()
    await call.stream(answer, {**answer, "result": text("again")})
    await call.end()


async def with_another_id_first(call: Call) -> None:
    answer = call.run()
    await call.stream({**answer, "id": 987654, "result": text("not yours")}, answer)
    await call.end()


async def and_closes(call: Call) -> None:
    await call.json(call.run(), Connection="close")
    call.close()


async def and_closes_without_a_word(call: Call) -> None:
    await call.json(call.run())
    call.close()


async def among_events_that_are_no_messages(call: Call) -> None:
    await call.stream()
    await call.chunk(b"event: ping\ndata: {}\n\n" + b"id: 7\n\n" + b"data\n\n" + b"unknown: x\n\n")
    await call.event(call.run(), name=None)
    await call.end()


RIGHT = [
    in_single_bytes,
    in_single_bytes_as_events,
    over_several_lines,
    with_a_slow_head,
    until_the_end,
    after_interim_heads,
    with_extensions_and_trailers,
    twice,
    with_another_id_first,
    and_closes,
    and_closes_without_a_word,
    among_events_that_are_no_messages,
]


@pytest.mark.parametrize("script", RIGHT, ids=lambda script: script.__name__)
async def test_an_answer_is_understood_however_it_comes(world, upstream, script):
    client = await opened(world, upstream)
    upstream.on("tools/call", script)
    assert await client.text("up__work") == "worked"
    await recovers(client, upstream, before=1)


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"], ids=["CR", "LF", "CRLF"])
async def test_an_event_is_understood_whatever_ends_its_lines(world, upstream, end):
    client = await opened(world, upstream)
    upstream.on("tools/call", with_endings(end))
    assert await client.text("up__work") == "worked"
    await recovers(client, upstream, before=1)


@pytest.mark.parametrize("kind", [JSON, EVENTS])
async def test_ten_megabytes_come_back_whole(world, upstream, kind):
    async def large(call: Call) -> None:
        answer = call.run("0123456789abcdef" * 655_360)
        if kind == JSON:
            return await call.json(answer)
        await call.stream(answer)
        await call.end()

    client = await opened(world, upstream)
    upstream.on("tools/call", large)
    said = await client.text("up__work")
    assert len(said) == 10 << 20 and said[:16] == said[-16:] == "0123456789abcdef"
    await recovers(client, upstream, before=1)


# Answers that are wrong, after the tool ran


async def half_an_event(call: Call) -> None:
    await call.head(200, EVENTS)
    whole = sse.event(json.dumps(call.run()))
    await call.chunk(whole[: len(whole) // 2])
    call.close()


async def an_event_without_its_blank_line(call: Call) -> None:
    await call.head(200, EVENTS)
    await call.chunk(sse.event(json.dumps(call.run()))[:-1])
    await call.end()


async def half_an_event_and_a_reset(call: Call) -> None:
    await call.head(200, EVENTS)
    await call.chunk(sse.event(json.dumps(call.run()))[:20])
    call.reset()


async def a_head_and_a_reset(call: Call) -> None:
    call.run()
    await call.head(200, JSON, 100)
    call.reset()


async def a_head_and_the_end(call: Call) -> None:
    call.run()
    await call.head(200, EVENTS)
    call.close()


async def half_a_head(call: Call) -> None:
    call.run()
    await call.raw(b"HTTP/1.1 200 OK\r\nContent-Ty")
    call.close()


async def nothing_and_the_end(call: Call) -> None:
    call.run()
    call.close()


async def nothing_and_a_reset(call: Call) -> None:
    call.run()
    call.reset()


async def less_than_it_said(call: Call) -> None:
    body = json.dumps(call.run()).encode()
    await call.head(200, JSON, len(body) + 1)
    await call.raw(body)
    call.close()


async def half_a_chunk(call: Call) -> None:
    call.run()
    await call.head(200, JSON)
    await call.raw(b"40\r\n{")
    call.close()


async def no_size_for_a_chunk(call: Call) -> None:
    call.run()
    await call.head(200, JSON)
    await call.raw(b"zz\r\n{}\r\n0\r\n\r\n")
    call.close()


async def no_http(call: Call) -> None:
    call.run()
    await call.raw(b"SSH-2.0-something\r\n\r\n")
    call.close()


async def a_head_without_end(call: Call) -> None:
    call.run()
    await call.raw(b"HTTP/1.1 200 OK\r\n")
    line = b"X-Filler: " + b"x" * 1000 + b"\r\n"
    for _ in range(8_000):
        await call.raw(line)
    call.close()


async def a_page(call: Call) -> None:
    call.run()
    page = b"<html><body>Sign in to the network</body></html>"
    await call.head(200, PLAIN, len(page))
    await call.raw(page)


async def no_json(call: Call) -> None:
    call.run()
    await call.head(200, JSON, 9)
    await call.raw(b'{"jsonrpc')


async def no_message(call: Call) -> None:
    call.run()
    await call.json({"ok": True})


async def another_id(call: Call) -> None:
    call.run()
    await call.json(call.response(text("not yours"), id=987654))


async def another_type_of_id(call: Call) -> None:
    call.run()
    await call.json(call.response(text("not yours"), id=str(call.id)))


async def another_id_as_an_event(call: Call) -> None:
    call.run()
    await call.stream(call.response(text("not yours"), id=987654))
    await call.end()


async def an_event_that_is_no_json(call: Call) -> None:
    call.run()
    await call.stream()
    await call.event("hello")
    await call.end()


async def a_stream_without_an_answer(call: Call) -> None:
    call.run()
    await call.stream()
    await call.end()


async def accepted_and_nothing_more(call: Call) -> None:
    call.run()
    await call.json(None, 202)


async def no_content(call: Call) -> None:
    call.run()
    await call.raw(b"HTTP/1.1 204 No Content\r\n\r\n")


def a_status(status: int):
    async def answer(call: Call) -> None:
        call.run()
        page = b"<html>it broke</html>"
        await call.head(status, PLAIN, len(page))
        await call.raw(page)

    answer.__name__ = f"a_page_with_{status}"
    return answer


WRONG = [
    half_an_event,
    an_event_without_its_blank_line,
    half_an_event_and_a_reset,
    a_head_and_a_reset,
    a_head_and_the_end,
    half_a_head,
    nothing_and_the_end,
    nothing_and_a_reset,
    less_than_it_said,
    half_a_chunk,
    no_size_for_a_chunk,
    no_http,
    a_head_without_end,
    a_page,
    no_json,
    no_message,
    another_id,
    another_type_of_id,
    another_id_as_an_event,
    an_event_that_is_no_json,
    a_stream_without_an_answer,
    accepted_and_nothing_more,
    no_content,
    a_status(500),
    a_status(502),
    a_status(504),
]


@pytest.mark.parametrize("script", WRONG, ids=lambda script: script.__name__)
async def test_a_wrong_answer_is_one_honest_error_and_the_call_is_not_sent_again(world, upstream, script):
    client = await opened(world, upstream)
    upstream.on("tools/call", script)
    failed(await client.call("up__work"), "unknown", "yes")
    await recovers(client, upstream, before=1)


async def test_nothing_of_a_page_that_was_no_answer_is_obeyed(world, upstream):
    client = await opened(world, upstream)
    upstream.on("tools/call", a_page)
    assert "<html>" not in failed(await client.call("up__work"), "unknown", "yes")


async def test_a_reset_on_a_connection_that_was_used_before_is_no_reason_to_send_again(world, upstream):
    client = await opened(world, upstream)
    assert await client.text("up__work") == "worked"
    upstream.on("tools/call", nothing_and_a_reset)
    failed(await client.call("up__work"), "unknown", "yes")
    torn = upstream.seen("tools/call")[1]
    used = [call for call in upstream.calls if call.connection == torn.connection]
    assert used.index(torn) > 0, "the product did not use a connection again"
    await recovers(client, upstream, before=2)


async def test_what_only_reads_is_asked_again_after_a_reset(world, upstream):
    async def torn(call: Call) -> None:
        call.reset()

    client = await opened(world, upstream)
    await client.names("resources", "uri")
    upstream.on("resources/read", torn)
    contents = (await client.request("resources/read", {"uri": "memo://note"}))["contents"]
    assert contents[0]["text"] == "a note" and len(upstream.seen("resources/read")) == 2


async def test_a_call_in_flight_beside_a_fault_is_not_touched(world, upstream):
    async def held(call: Call) -> None:
        await upstream.saw("tools/call", times=3)
        await call.json(call.run("held"))

    client = await opened(world, upstream)
    upstream.on("tools/call", held, nothing_and_a_reset)
    first = client.begin_call("up__work")
    await upstream.saw("tools/call")
    failed(await client.call("up__work"), "unknown", "yes")
    assert await client.text("up__work") == "worked"
    assert (await client.answer(first))["result"]["content"][0]["text"] == "held"


# Silence, and answers nobody waits for any more


async def silent(call: Call) -> None:
    call.run()
    await call.hung_up()
    call.close()


async def silent_stream(call: Call) -> None:
    call.run()
    await call.stream()
    await call.hung_up()
    call.close()


@pytest.mark.parametrize("script", [silent, silent_stream], ids=["no head", "no event"])
async def test_a_call_that_is_never_answered_ends_at_its_deadline(world, upstream, script):
    client = await opened(world, upstream, timeouts={"idle": "1 s"})
    upstream.on("tools/call", script)
    failed(await client.call("up__work"), "unknown", "yes")
    if not upstream.modern:
        cancelled = await upstream.saw("notifications/cancelled")
        assert cancelled.message["params"]["requestId"] == upstream.seen("tools/call")[0].id
    await recovers(client, upstream, before=1)


async def test_a_cancelled_call_is_cancelled_as_its_era_does(world, upstream):
    ended = asyncio.Event()

    async def hold(call: Call) -> None:
        call.run()
        await call.stream()
        await call.hung_up()
        ended.set()
        call.close()

    client = await opened(world, upstream)
    upstream.on("tools/call", hold)
    client.begin_call("up__work", id="mine")
    call = await upstream.saw("tools/call")
    client.notify("notifications/cancelled", {"requestId": "mine"})
    if upstream.modern:
        await soon(ended.wait(), "the product to hang up")
        assert upstream.seen("notifications/cancelled") == []
    else:
        cancelled = await upstream.saw("notifications/cancelled")
        assert cancelled.message["params"]["requestId"] == call.id
    await recovers(client, upstream, before=1)


async def test_an_answer_after_the_cancellation_goes_nowhere(world, older):
    async def late(call: Call) -> None:
        answer = call.run("too late")
        await call.stream()
        await older.saw("notifications/cancelled")
        await call.event(answer)
        await call.end()

    client = await opened(world, older)
    older.on("tools/call", late)
    client.begin_call("up__work", id="mine")
    await older.saw("tools/call")
    client.notify("notifications/cancelled", {"requestId": "mine"})
    await older.saw("notifications/cancelled")
    await recovers(client, older, before=1)


# Sessions that are lost

LOSSES = {
    "404": (404, -32600, "Session not found"),
    "404 without a body": (404, None, ""),
    "404 and -32001": (404, -32001, "Session not found"),
    "400 and -32600": (400, -32600, "Bad Request: No valid session ID provided"),
    "400 and -32602": (400, -32602, "Invalid session ID"),
    "400 and -32000": (400, -32000, "Bad Request: Server not initialized; session expired"),
    "200 and -32001": (200, -32001, "Session not found"),
    "200 and -30001": (200, -30001, "SessionId was not found or has expired"),
}


def losing(status: int, code: int | None, message: str):
    """Refuses a call because of its session, which is gone from here on."""

    async def answer(call: Call) -> None:
        call.upstream.lost.add(call.header("mcp-session-id"))
        await call.json(None if code is None else call.error(code, message), status)

    return answer


@pytest.mark.parametrize("loss", LOSSES)
async def test_a_lost_session_is_opened_again_and_the_client_does_not_notice(world, older, loss):
    client = await opened(world, older)
    older.on("tools/call", losing(*LOSSES[loss]))
    assert await client.text("up__work") == "worked"
    assert len(older.ran) == 1 and len(older.seen("initialize")) == 2
    assert older.seen("initialize")[1].header("mcp-session-id") is None
    assert older.seen("tools/call")[-1].header("mcp-session-id") == older.sessions[-1]
    await recovers(client, older, before=1)
    assert len(older.seen("initialize")) == 2


async def test_calls_that_lose_their_session_together_open_it_once(world, older):
    client = await opened(world, older)
    older.lost.add(older.sessions[-1])
    calls = [client.begin_call("up__work", {"n": n}) for n in range(20)]
    for call in calls:
        assert (await client.answer(call))["result"]["content"][0]["text"] == "worked"
    assert len(older.seen("initialize")) == 2
    assert sorted(params["arguments"]["n"] for params in older.ran) == list(range(20))


async def test_what_a_session_had_been_told_is_told_to_the_next(world, older):
    client = await opened(world, older)
    await client.request("logging/setLevel", {"level": "warning"})
    await older.saw("logging/setLevel")
    older.lost.add(older.sessions[-1])
    assert await client.text("up__work") == "worked"
    again = older.seen("logging/setLevel")[-1]
    assert again.message["params"] == {"level": "warning"}
    assert again.header("mcp-session-id") == older.sessions[-1]
    assert older.seen("initialize")[0].message["params"] == older.seen("initialize")[1].message["params"]


async def test_a_session_that_is_lost_at_once_again_is_given_up(world, older):
    client = await opened(world, older)
    older.always("tools/call", losing(404, -32600, "Session not found"))
    failed(await client.call("up__work"), "no")
    assert older.ran == [] and len(older.seen("tools/call")) <= 3


@pytest.mark.parametrize(
    "status, code, message",
    [
        (200, -32602, "Invalid params: no such session type"),
        (200, -32600, "no"),
        (200, -32001, "Timed out"),
        (400, -32602, "n must be a number"),
    ],
)
async def test_an_error_that_is_not_about_the_session_is_the_clients(world, older, status, code, message):
    async def refuse(call: Call) -> None:
        await call.json(call.error(code, message, {"why": [1.0]}), status)

    client = await opened(world, older)
    older.on("tools/call", refuse)
    error = await client.refusal("tools/call", {"name": "up__work", "arguments": {}})
    assert (error["code"], error["message"]) == (code, message)
    assert len(older.seen("initialize")) == 1 and len(older.seen("tools/call")) == 1


async def test_an_error_is_read_whatever_its_status(world, newer):
    async def refuse(call: Call) -> None:
        await call.json(call.error(-32602, "n must be a number"), 400)

    client = await opened(world, newer)
    newer.on("tools/call", refuse)
    error = await client.refusal("tools/call", {"name": "up__work", "arguments": {}})
    assert (error["code"], error["message"]) == (-32602, "n must be a number")
    assert len(newer.seen("tools/call")) == 1


@pytest.mark.parametrize("id", [{"id": "server-error"}, {"id": None}, {}], ids=str)
async def test_an_error_without_its_id_belongs_to_the_request_that_it_answers(world, older, id):
    async def refuse(call: Call) -> None:
        error = call.error(-32050, "not now")
        del error["id"]
        await call.json(error | id, 400)

    client = await opened(world, older)
    older.on("tools/call", refuse)
    error = await client.refusal("tools/call", {"name": "up__work", "arguments": {}})
    assert (error["code"], error["message"]) == (-32050, "not now")


async def test_a_session_id_on_an_error_is_not_taken(world, older):
    async def refuse(call: Call) -> None:
        await call.json(call.error(-32050, "not now"), 400, Mcp_Session_Id="evil")

    client = await opened(world, older)
    older.on("tools/call", refuse)
    await client.refusal("tools/call", {"name": "up__work", "arguments": {}})
    assert await client.text("up__work") == "worked"
    assert "evil" not in [call.header("mcp-session-id") for call in older.calls]


async def test_an_upstream_without_sessions_is_served_without(world, older):
    async def bare(call: Call) -> None:
        result = {"protocolVersion": NEWEST, "capabilities": {"tools": {}}}
        await call.json(call.response({**result, "serverInfo": {"name": "bare", "version": "1"}}))

    older.always("initialize", bare)
    older.sessions.append(None)
    client = await opened(world, older)
    assert await client.text("up__work") == "worked"
    assert {call.header("mcp-session-id") for call in older.calls} == {None}


# Streams that are taken up again


def primed(number: int = 1):
    async def answer(call: Call) -> None:
        call.upstream.answer = call.run()
        await call.stream()
        await call.event("", id=number, retry=10)
        call.close()

    return answer


async def the_rest(call: Call) -> None:
    await call.stream()
    await call.event(call.upstream.answer, id=9)
    await call.end()


def resumptions(upstream: Upstream) -> list[str]:
    last = [call.header("last-event-id") for call in upstream.seen("GET")]
    return [id for id in last if id is not None]


def when_resuming(upstream: Upstream, *scripts) -> None:
    """What the next resumptions get; a stream for what is said unasked stays as it is."""
    waiting = list(scripts)

    async def answer(call: Call) -> None:
        resumes = call.header("last-event-id") is not None
        await (waiting.pop(0)(call) if resumes and waiting else upstream.usual(call))

    upstream.always("GET", answer)


async def test_a_dropped_stream_is_taken_up_where_it_ended(world, older):
    client = await opened(world, older)
    older.on("tools/call", primed())
    when_resuming(older, the_rest)
    assert await client.text("up__work") == "worked"
    assert resumptions(older) == ["1"]
    await recovers(client, older, before=1)


async def test_a_stream_that_drops_again_is_taken_up_again_from_the_newest_event(world, older):
    async def some(call: Call) -> None:
        progress = {"progressToken": call.upstream.token, "progress": 1}
        await call.stream()
        message = {"jsonrpc": "2.0", "method": "notifications/progress", "params": progress}
        await call.event(message, id=2)
        call.close()

    async def first(call: Call) -> None:
        older.token = call.message["params"]["_meta"]["progressToken"]
        await primed()(call)

    client = await opened(world, older)
    older.on("tools/call", first)
    when_resuming(older, some, the_rest)
    call = client.begin_call("up__work", token="mine")
    assert (await client.answer(call))["result"]["content"][0]["text"] == "worked"
    assert resumptions(older) == ["1", "2"]
    progress = client.unheard(lambda m: m.get("method") == "notifications/progress")
    assert [p["params"] for p in progress] == [{"progressToken": "mine", "progress": 1}]
    assert len(older.ran) == 1


@pytest.mark.parametrize("status", [400, 404, 405, 500])
async def test_a_stream_that_cannot_be_taken_up_fails_its_call_once(world, older, status):
    async def refuse(call: Call) -> None:
        await call.json(None, status)

    client = await opened(world, older)
    older.on("tools/call", primed())
    when_resuming(older, refuse, refuse, refuse, refuse, refuse)
    failed(await client.call("up__work"), "unknown", "yes")
    assert len(older.ran) == 1


async def test_the_newer_era_takes_no_stream_up_again(world, newer):
    client = await opened(world, newer)
    newer.on("tools/call", primed())
    failed(await client.call("up__work"), "unknown", "yes")
    assert newer.seen("GET") == []
    await recovers(client, newer, before=1)


async def test_a_stream_that_always_ends_is_not_opened_without_pause(world, older):
    async def ended(call: Call) -> None:
        await call.stream()
        await call.end()

    older.always("GET", ended)
    client = await opened(world, older)
    for _ in range(50):
        assert await client.text("up__work") == "worked"
    assert len(older.seen("GET")) <= 5


async def test_an_upstream_without_a_stream_of_its_own_is_served(world, older):
    async def refuse(call: Call) -> None:
        await call.json(None, 405, Allow="POST")

    older.always("GET", refuse)
    client = await opened(world, older)
    assert await client.text("up__work") == "worked"
    assert len(older.seen("GET")) <= 1


# Redirects, credentials, eras


async def test_a_redirect_within_the_origin_is_followed(world, upstream):
    async def elsewhere(call: Call) -> None:
        await call.json(None, 307, Location="/elsewhere")

    client = await opened(world, upstream)
    upstream.on("tools/call", elsewhere)
    assert await client.text("up__work") == "worked"
    assert [call.path for call in upstream.seen("tools/call")] == ["/mcp", "/elsewhere"]
    await recovers(client, upstream, before=1)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_to_another_origin_is_refused(world, upstream, status):
    other = await Upstream(upstream.version).start()

    async def elsewhere(call: Call) -> None:
        await call.json(None, status, Location=other.url)

    client = await opened(world, upstream, headers={"X-Key": "secret"})
    upstream.on("tools/call", elsewhere)
    failed(await client.call("up__work"), "no", "unknown")
    assert other.connections == 0 and len(upstream.seen("tools/call")) == 1
    await recovers(client, upstream, before=0)
    await other.close()


CHALLENGE = 'Bearer resource_metadata="https://elsewhere.example/x", scope="secret-scope"'


@pytest.mark.parametrize("status", [401, 403])
async def test_a_missing_authorization_is_said_and_its_challenge_is_not_passed_on(world, upstream, status):
    async def refuse(call: Call) -> None:
        await call.json(call.error(-32001, "who are you"), status, WWW_Authenticate=CHALLENGE)

    client = await opened(world, upstream)
    upstream.on("tools/call", refuse)
    said = failed(await client.call("up__work"), "no")
    assert "authori" in said.lower() and str(status) in said
    assert not any(b"elsewhere.example" in line or b"secret-scope" in line for line in client.lines)
    await recovers(client, upstream, before=0)


async def test_an_authorization_that_is_not_accepted_is_not_called_missing(world, upstream):
    async def refuse(call: Call) -> None:
        await call.json(None, 401, WWW_Authenticate=CHALLENGE)

    client = await opened(world, upstream, headers={"Authorization": "Bearer hunter2"})
    upstream.on("tools/call", refuse)
    said = failed(await client.call("up__work"), "no")
    assert "does not accept the authorization that it was given (401)" in said and "hunter2" not in said
    await recovers(client, upstream, before=0)


async def test_a_missing_authorization_at_the_start_says_nothing_about_the_era(world, newer):
    async def refuse(call: Call) -> None:
        await call.json(None, 401, WWW_Authenticate=CHALLENGE)

    newer.always("server/discover", refuse)
    client = await world.client({"up": {"http": {"url": newer.url}}}, version=MODERN)
    assert await client.names() == []
    await newer.saw("server/discover")
    assert newer.seen("initialize") == []


async def test_an_upstream_that_is_not_ready_yet_is_tried_again(world, upstream):
    async def later(call: Call) -> None:
        await call.json(None, 503, Retry_After="0")

    upstream.on("server/discover", later)
    upstream.on("initialize", later)
    client = await world.client({"up": {"http": {"url": upstream.url}}}, version=upstream.version)
    assert await client.text("up__work") == "worked"
    assert len(upstream.ran) == 1


async def test_an_upstream_that_went_away_was_not_asked_and_may_come_back(world, upstream):
    client = await opened(world, upstream)
    await upstream.stop()
    failed(await client.call("up__work"), "no")
    assert upstream.ran == []
    await upstream.start(upstream.port)

    async def back() -> None:
        while (result := await client.call("up__work")).get("isError"):
            failed(result, "no")

    await soon(back(), "the upstream to be used again")
    assert len(upstream.ran) == 1


async def test_an_era_is_found_without_a_call_and_without_what_it_does_not_know(world, upstream):
    client = await opened(world, upstream)
    assert await client.text("up__work") == "worked"
    [probe] = upstream.seen("server/discover")
    assert probe.header("mcp-protocol-version") == MODERN and probe.header("mcp-method") == "server/discover"
    if upstream.modern:
        assert upstream.seen("initialize") == [] and upstream.seen("notifications/initialized") == []
    else:
        [first] = upstream.seen("initialize")
        assert first.header("mcp-protocol-version") is None and first.header("mcp-session-id") is None
    assert len(upstream.seen("tools/call")) == 1


async def test_every_request_has_the_headers_of_its_era_and_no_others(world, upstream):
    client = await opened(world, upstream, headers={"X-Key": "k-1"})
    assert await client.text("up__work", {"n": 1}) == "worked"
    for call in upstream.calls:
        assert call.header("host") == f"127.0.0.1:{upstream.port}" and call.header("x-key") == "k-1"
        if call.verb == "POST":
            assert call.header("content-type") == JSON
            assert JSON in call.header("accept") and EVENTS in call.header("accept")
    call = upstream.seen("tools/call")[-1]
    assert call.header("mcp-protocol-version") == upstream.version
    if upstream.modern:
        assert (call.header("mcp-method"), call.header("mcp-name")) == ("tools/call", "work")
        assert call.message["params"]["_meta"][META + "protocolVersion"] == MODERN
        assert call.header("mcp-session-id") is None
    else:
        assert call.header("mcp-session-id") == upstream.sessions[-1]
        assert META + "protocolVersion" not in call.message["params"].get("_meta", {})


async def test_a_second_upstream_is_served_while_the_first_is_broken(world, upstream):
    well = await Upstream(upstream.version).start()
    upstream.always("tools/call", silent)
    entries = {"up": {"http": {"url": upstream.url}}, "well": {"http": {"url": well.url}}}
    client = await world.client(entries, version=upstream.version)
    assert sorted(await client.names()) == ["up__work", "well__work"]
    held = [client.begin_call("up__work") for _ in range(20)]
    await upstream.saw("tools/call", times=20)
    for _ in range(20):
        assert await client.text("well__work") == "worked"
    for call in held:
        client.notify("notifications/cancelled", {"requestId": call})
    await well.close()


# Questions whose answers do not arrive


async def asking(world, older: Upstream, again: float | None):
    """A call whose server asks, is gone when the answer comes, and listens again after a while, if at all."""
    entry = {"http": {"url": older.url}}
    client = await world.client({"up": entry}, version=older.version)
    waiting = asyncio.get_running_loop().create_future()

    async def script(call: Call):
        call.run()
        form = {"mode": "form", "message": "Well?", "requestedSchema": {"type": "object", "properties": {}}}
        await call.stream({"jsonrpc": "2.0", "id": 7, "method": "elicitation/create", "params": form})
        own = asyncio.current_task()
        older._server.close()
        for task in older._open - {own}:
            task.cancel()
        if again is not None:
            asyncio.get_running_loop().call_later(again, lambda: asyncio.ensure_future(older.start(older.port)))
        await waiting
        await call.event(call.response(text("worked")))
        await call.end()

    async def heard(call: Call):
        waiting.set_result(call.message)
        await call.json(None, 202)

    older.on("tools/call", script)
    older.always("response", heard)
    number = client.begin_call("up__work")
    question = await client.hear(lambda m: m.get("method") == "elicitation/create", "a question")
    client.send({"jsonrpc": "2.0", "id": question["id"], "result": {"action": "accept", "content": {}}})
    return client, number, waiting


async def test_an_answer_to_a_question_waits_for_a_server_that_is_away_for_a_moment(world, older):
    client, number, waiting = await asking(world, older, again=0.3)
    assert "result" in await client.answer(number), "no result"
    assert waiting.result()["result"]["action"] == "accept" and len(older.ran) == 1


async def test_a_call_whose_question_cannot_be_answered_any_more_ends(world, older):
    client, number, _ = await asking(world, older, again=None)
    result = (await client.answer(number))["result"]
    assert result["isError"] and "could not be given the answer" in result["content"][0]["text"]
    assert result["_meta"]["manifold/executed"] == "unknown"
