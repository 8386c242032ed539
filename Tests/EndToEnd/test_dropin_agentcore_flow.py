"""`mcp-agentcore-proxy` by name: many things at once, servers that forget, and the end."""

import asyncio
import json
import os
import signal
import time

import pytest

from harness.dropin import EVENTS, RUNTIME_SESSION, answered, refused
from harness.limits import soon
from test_dropin_agentcore_start import edge, ours, program  # noqa: F401

UNGREETED = {"code": -32602, "message": "Invalid request parameters", "data": ""}
BODY = b'{"jsonrpc":"2.0","id":1,"result":{}}'


def fails(error: dict, events: bool = False):
    """A script: this error."""

    async def script(call):
        message = {"jsonrpc": "2.0", "id": call.id, "error": error}
        if not events:
            return await call.json(message)
        await call.stream(message)
        await call.end()

    return script


# Side by side


async def test_44_a_slow_call_holds_up_nobody(ours, edge):
    peer = await ours.start(edge)
    released = asyncio.Event()

    async def slow(call):
        await released.wait()
        await call.json(call.run())

    edge.on("tools/call", slow)
    waiting = peer.begin_call("work")
    await edge.saw("tools/call")
    began = time.monotonic()
    await peer.request("ping")
    assert time.monotonic() - began < 1
    released.set()
    await peer.answer(waiting)


async def test_45_a_hundred_calls_are_answered_as_they_end(ours, edge):
    peer = await ours.start(edge)
    gates = {f"id-{n}": asyncio.Event() for n in range(100)}

    async def script(call):
        await gates[call.id].wait()
        await call.json(call.response({"n": call.id}))

    edge.always("tools/call", script)
    for id in gates:
        peer.begin_call("work", id=id)
    await edge.saw("tools/call", 100)
    order = sorted(gates, key=lambda id: id[::-1])
    for id in order:
        gates[id].set()
        assert (await peer.answer(id))["result"] == {"n": id}
    assert [json.loads(line)["id"] for line in peer.lines] == order


async def test_46_a_question_in_a_stream_is_answered_while_it_is_open(ours, edge):
    peer = await ours.start(edge)
    question = {"jsonrpc": "2.0", "id": "q", "method": "elicitation/create", "params": {"message": "?"}}

    async def script(call):
        await call.stream(question)
        reply = await edge.saw("response")
        await call.event(call.response({"said": reply.message["result"]}))
        await call.end()

    edge.on("tools/call", script)
    waiting = peer.begin_call("work")
    peer.reply(await peer.question("elicitation/create"), {"action": "accept"})
    assert (await peer.answer(waiting))["result"] == {"said": {"action": "accept"}}


async def test_47_a_question_in_the_place_of_an_answer_is_passed_on(program, edge):
    peer = await program.start(edge)
    question = {"jsonrpc": "2.0", "id": 0, "method": "sampling/createMessage", "params": {}}

    async def asks(call):
        await call.json(question)

    async def result(call):
        await call.json({"jsonrpc": "2.0", "id": 1, "result": {"said": call.message["result"]}})

    edge.on("tools/call", asks)
    edge.on("response", result)
    waiting = peer.begin_call("work")
    peer.reply(await peer.question("sampling/createMessage"), {"x": 1})
    assert (await peer.answer(waiting))["result"] == {"said": {"x": 1}}
    assert [call.method for call in edge.calls] == ["tools/call", "response"]


async def test_47_a_question_may_end_the_stream_of_its_call(ours, edge):
    """The answer comes with the reply, or with the reply to the next question; other calls go on."""
    peer = await ours.start(edge)

    def asks(id):
        async def script(call):
            await call.stream({"jsonrpc": "2.0", "id": id, "method": "sampling/createMessage", "params": {}})
            await call.end()

        return script

    async def result(call):
        await call.stream({"jsonrpc": "2.0", "id": waiting, "result": {"said": call.message["result"]}})
        await call.end()

    edge.on("tools/call", asks("first"))
    edge.on("response", asks("second"), result)
    waiting = peer.begin_call("work")
    first = await peer.question("sampling/createMessage")
    await peer.request("ping")
    peer.reply(first, {"x": 1})
    peer.reply(await peer.question("sampling/createMessage"), {"x": 2})
    assert (await peer.answer(waiting))["result"] == {"said": {"x": 2}}


async def test_47_a_line_too_many_makes_nothing_late(ours, edge):
    """A pipe that answers each request with the next line, and a server that logs before it answers."""
    lines = asyncio.Queue()
    log = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "x"}}

    async def pipe(call):
        if call.id is None:
            return await call.head(204, None, 0)
        if call.method == "tools/call":
            lines.put_nowait(log)
            lines.put_nowait(log)
        result = {"protocolVersion": "2025-11-25"} if call.method == "initialize" else {"echo": call.id}
        lines.put_nowait(call.response(result))
        await call.json(lines.get_nowait())

    async def next_line(call):
        await call.json(await lines.get())

    for method in ("initialize", "notifications/initialized", "tools/call", "ping"):
        edge.always(method, pipe)
    edge.always("response", next_line)
    peer = await ours.start(edge)
    await peer.initialize()
    for _ in range(5):
        ids = [peer.begin_call("work") for _ in range(3)]
        for id in ids:
            assert (await peer.answer(id))["result"] == {"echo": id}
    heard = peer.unheard()
    assert len(heard) == 30 and all(message.get("method") == "notifications/message" for message in heard)
    # A line for each post: nothing is left behind that later answers would have to wait for.
    assert len(edge.seen("response")) == 30 and lines.empty()


async def test_47_who_is_no_pipe_is_not_asked_for_lines(ours, edge):
    """A server that answers something else has nothing more to say."""
    peer = await ours.start(edge)
    await peer.initialize()

    async def strange(call):
        await call.json({"jsonrpc": "2.0", "id": "another", "result": {}})

    edge.on("ping", strange)
    assert (await peer.refusal("ping"))["code"] == -32002
    assert await peer.text("work") == "worked"


async def test_48_a_call_that_is_cancelled_is_told_and_not_answered(ours, edge):
    peer = await ours.start(edge)
    ended = asyncio.Event()

    async def script(call):
        await call.head(200, EVENTS)
        await call.hung_up()
        ended.set()

    edge.on("tools/call", script)
    waiting = peer.begin_call("work")
    await edge.saw("tools/call")
    peer.notify("notifications/cancelled", {"requestId": waiting})
    await edge.saw("notifications/cancelled")
    await soon(ended.wait(), "the stream to be closed")
    await peer.request("ping")
    assert peer.unheard() == []


async def test_49_a_client_that_does_not_read_holds_up_the_server(ours, edge):
    peer = await ours.start(edge)
    await peer.discard_listener()
    peer._reader._transport.pause_reading()
    note = json.dumps({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "x" * 65536}})
    sent, held_up = 0, asyncio.Event()

    async def script(call):
        nonlocal sent
        await call.head(200, EVENTS)
        for sent in range(2000):
            await asyncio.wait_for(call.event(note), 2)
        await call.event(call.response({}))
        await call.end()

    async def held(call):
        try:
            await script(call)
        except TimeoutError:
            held_up.set()
            call.close()

    edge.on("tools/call", held)
    peer.begin_call("work")
    try:
        await soon(held_up.wait(), "the server to be held up")
        resident = int(open(f"/proc/{peer.process.pid}/statm").read().split()[1]) * 4096
    finally:
        # asyncio counts a process as ended only when its pipes are.
        peer._reader._transport.resume_reading()
    assert sent < 600 and resident < 100 << 20


@pytest.mark.parametrize("size", [2 << 20, 100 << 20])
async def test_49_large_answers_are_whole(ours, edge, size):
    peer = await ours.start(edge)
    body = b'{"jsonrpc":"2.0","id":1,"result":{"t":"' + b"x" * size + b'"}}'
    edge.on("ping", answered(body))
    peer.begin("ping")
    await peer.answer(1, 50)
    assert peer.lines == [body + b"\n"]


# Servers that forget


async def test_50_a_server_that_was_not_greeted_is_greeted(program, edge):
    peer = await program.start(edge)
    await peer.initialize()
    edge.on("tools/call", fails(UNGREETED))
    assert await peer.text("work") == "worked"
    for words in ("triggered (-32602)", "succeeded"):
        log = await peer.notification("notifications/message")
        assert (log["level"], log["logger"]) == ("debug", "mcp-agentcore-proxy")
        assert log["data"].startswith("Handshake replay") and words in log["data"]
    greeting = ["initialize", "notifications/initialized"]
    assert [call.method for call in edge.calls] == [*greeting, "tools/call", *greeting, "tools/call"]
    assert peer.unheard() == []


async def test_51_what_was_never_greeted_is_not(program, edge):
    peer = await program.start(edge)
    edge.on("tools/call", fails(UNGREETED))
    assert await peer.refusal("tools/call", {"name": "work"}) == UNGREETED
    assert len(edge.calls) == 1


async def test_52_a_greeting_that_fails_is_passed_on(program, edge):
    peer = await program.start(edge)
    edge.always("initialize", fails(UNGREETED))
    assert await peer.refusal("initialize", {"protocolVersion": "2025-11-25"}) == UNGREETED
    assert len(edge.calls) == 1


async def test_53_a_greeting_in_vain_is_told_with_the_first_error(program, edge):
    peer = await program.start(edge)
    await peer.initialize()
    edge.on("tools/call", fails(UNGREETED))
    edge.always("initialize", refused(403, "AccessDeniedException", "no more"))
    assert await peer.refusal("tools/call", {"name": "work"}) == UNGREETED
    await peer.notification("notifications/message", lambda log: "triggered" in log["data"])
    log = await peer.notification("notifications/message")
    assert log["level"] == "warning" and log["data"].startswith("Handshake replay failed: ")


@pytest.mark.parametrize(
    "error",
    [
        {"code": -32602, "message": "Invalid params", "data": {"path": ["x"]}},
        {"code": -32602, "message": "Unknown tool: work"},
        {"code": -32602, "message": "Missing required argument 'x'"},
    ],
)
async def test_54_wrong_arguments_greet_nobody(ours, edge, error):
    peer = await ours.start(edge)
    await peer.initialize()
    edge.on("tools/call", fails(error))
    assert await peer.refusal("tools/call", {"name": "work"}) == error
    assert len(edge.calls) == 3


async def test_54_a_second_restart_is_mended_too(ours, edge):
    peer = await ours.start(edge)
    await peer.initialize()
    for _ in range(2):
        edge.on("tools/call", fails(UNGREETED))
        assert await peer.text("work") == "worked"
    assert len(edge.seen("initialize")) == 3


async def test_55_an_error_in_a_stream_is_mended_too(ours, edge):
    peer = await ours.start(edge)
    await peer.initialize()
    edge.on("tools/call", fails(UNGREETED, events=True))
    assert await peer.text("work") == "worked"
    assert len(edge.seen("initialize")) == 2


async def test_56_a_session_that_is_gone_is_opened_again(ours, edge):
    edge.stateful = True
    peer = await ours.start(edge)
    await peer.initialize()
    edge.sessions.clear()
    edge.sessions.append("another")
    calls = [peer.begin_call("work") for _ in range(5)]
    for id in calls:
        assert (await peer.answer(id))["result"]["content"][0]["text"] == "worked"
    assert len(edge.ran) == 5
    greetings = [call.header("mcp-session-id") for call in edge.seen("initialize")]
    assert greetings[2:] == [None]


async def test_56_what_the_client_wished_for_is_said_again(ours, edge):
    edge.stateful = True
    peer = await ours.start(edge)
    await peer.initialize()
    for level in ("debug", "error"):
        await peer.request("logging/setLevel", {"level": level})
    for uri in ("memo://a", "memo://b"):
        await peer.request("resources/subscribe", {"uri": uri})
    await peer.request("resources/unsubscribe", {"uri": "memo://a"})
    edge.sessions[:] = ["another"]
    said = len(edge.calls)
    assert await peer.text("work") == "worked"
    again = edge.calls[said + 1 :]
    greeting = ["initialize", "notifications/initialized"]
    assert [call.method for call in again] == [*greeting, "logging/setLevel", "resources/subscribe", "tools/call"]
    assert again[2].message["params"] == {"level": "error"} and again[3].message["params"] == {"uri": "memo://b"}
    assert {call.header("mcp-session-id") for call in again[1:]} == {"stateful-1"}
    assert peer.unheard() == [] or all(each.get("method") == "notifications/message" for each in peer.unheard())


async def test_57_a_machine_for_each_request_is_not_greeted_for_ever(ours, edge):
    peer = await ours.start(edge, RUNTIME_SESSION_MODE="request")
    await peer.initialize()
    edge.always("tools/call", fails(UNGREETED))
    for _ in range(3):
        assert await peer.refusal("tools/call", {"name": "work"}) == UNGREETED
    assert len(edge.seen("initialize")) == 2


# The end


async def test_58_what_is_under_way_at_the_end_of_input_is_answered(program, edge):
    peer = await program.start(edge)
    released = asyncio.Event()

    async def slow(call):
        await released.wait()
        await call.json(call.run())

    edge.on("tools/call", slow)
    waiting = peer.begin_call("work")
    await edge.saw("tools/call")
    peer.close_input()
    released.set()
    await peer.answer(waiting)
    assert await peer.exited() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_59_a_signal_ends_it_without_a_trace(ours, edge, number):
    peer = await ours.start(edge)

    async def script(call):
        await call.head(200, EVENTS)
        await call.hung_up()

    edge.on("tools/call", script)
    peer.begin_call("work")
    await edge.saw("tools/call")
    peer.process.send_signal(number)
    assert await peer.exited() == 0
    assert peer.lines == [] and peer.errors == b""


async def test_60_a_client_that_is_gone_ends_it_quietly(world, ours, edge):
    reader, writer = os.pipe()
    process = await asyncio.create_subprocess_exec(
        ours.path,
        env={**world.environment, **ours.variables(edge)},
        stdin=asyncio.subprocess.PIPE,
        stdout=writer,
        stderr=asyncio.subprocess.PIPE,
    )
    os.close(writer)
    os.close(reader)
    process.stdin.write(b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
    assert await soon(process.wait(), "the process to exit") == 0
    assert await process.stderr.read() == b""


@pytest.mark.parametrize("ends", ["input", "signal"])
async def test_59_the_machine_is_stopped_at_the_end_if_that_is_wanted(ours, edge, ends):
    peer = await ours.start(edge, AGENTCORE_STOP_SESSION="true")
    await peer.initialize()
    if ends == "signal":
        peer.process.send_signal(signal.SIGTERM)
    else:
        peer.close_input()
    assert await peer.exited() == 0
    assert edge.stopped == [edge.calls[0].header(RUNTIME_SESSION)]


async def test_59_a_machine_that_is_still_starting_is_stopped_too(ours, edge):
    peer = await ours.start(edge, AGENTCORE_STOP_SESSION="true")

    async def script(call):
        await call.hung_up()

    edge.always("initialize", script)
    peer.begin("initialize", {"protocolVersion": "2025-06-18"})
    await edge.saw("initialize")
    peer.process.send_signal(signal.SIGTERM)
    assert await peer.exited() == 0
    assert edge.stopped == [edge.calls[0].header(RUNTIME_SESSION)]


@pytest.mark.parametrize("more", [{}, {"AGENTCORE_STOP_SESSION": "true", "RUNTIME_SESSION_MODE": "request"}])
async def test_59_a_machine_is_not_stopped_unasked_nor_one_that_is_not_there(ours, edge, more):
    peer = await ours.start(edge, **more)
    await peer.request("ping")
    peer.close_input()
    assert await peer.exited() == 0 and edge.stopped == []
    peer = await ours.start(edge, AGENTCORE_STOP_SESSION="true")
    peer.close_input()
    assert await peer.exited() == 0 and edge.stopped == []


@pytest.mark.parametrize("variable", [{"LOG_LEVEL": "debug"}, {"MCP_PROXY_DEBUG": "1"}])
async def test_61_what_happens_is_told_on_standard_error(program, edge, variable):
    peer = await program.start(edge, **variable)
    await peer.initialize()
    edge.on("tools/call", fails(UNGREETED))
    await peer.text("work")
    await peer.says(rb"(\[mcp-agentcore-proxy\] Handshake replay triggered)")
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in peer.lines)


async def test_61_nothing_is_told_unasked(ours, edge):
    peer = await ours.start(edge)
    await peer.initialize()
    edge.on("tools/call", fails(UNGREETED))
    await peer.text("work")
    assert await peer.stop() == 0
    assert peer.errors == b""
