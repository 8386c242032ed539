"""One process, two doors: the client that started it on its pipes, and others over HTTP."""

import asyncio
import signal

import pytest

from harness.eras import MODERN
from harness.world import product

WHERE = rb"Listening on (http://\S+?)\.\s"


async def both(world):
    """A client of the handshake era on the pipes, and the address of the other door."""
    path = world.configure({"kinds": world.raw("kinds"), "few": world.raw("few")})
    command = [product(), "serve", "--config", str(path), "--http", "127.0.0.1:0", "--stdio"]
    peer = await world.start(command)
    await peer.initialize()

    return peer, (await peer.says(WHERE)).decode()


async def test_a_client_on_pipes_and_newer_ones_over_http_work_at_the_same_time(world):
    peer, url = await both(world)
    newer = world.caller(url, MODERN)
    older = await world.caller(url).ready()
    calls = [newer.begin_call("few__echo", {"text": f"new {n}"}) for n in range(50)]
    sessions = [older.begin_call("few__echo", {"text": f"old {n}"}) for n in range(50)]
    texts = await asyncio.gather(*(peer.text("kinds__echo", {"text": f"pipe {n}"}) for n in range(50)))
    assert texts == [f"pipe {n}" for n in range(50)]
    for n, (call, session) in enumerate(zip(calls, sessions, strict=True)):
        assert (await call.result())["content"][0]["text"] == f"few/echo: new {n}"
        assert (await session.result())["content"][0]["text"] == f"few/echo: old {n}"
    await world.hang_up()


@pytest.mark.parametrize("end", ["input", "signal"])
async def test_calls_over_http_are_answered_when_the_other_client_leaves_or_a_signal_comes(world, end):
    peer, url = await both(world)
    older = await world.caller(url).ready()
    calls = [each.begin_call("kinds__hold", {"tag": end}) for each in (older, world.caller(url, MODERN))]
    await world.witness.saw("executed", times=2, tool="hold")
    if end == "input":
        peer.close_input()
    else:
        peer.process.send_signal(signal.SIGTERM)
    for call in calls:
        assert "ended before the answer came; the call may have run." in str(await call.answer())
    assert await peer.exited() == 0


async def test_the_process_ends_with_the_client_that_started_it(world):
    peer, url = await both(world)
    waiting = world.caller(url, MODERN).begin_call("kinds__slow", {"steps": 1})
    await waiting.result()
    peer.close_input()
    assert await peer.exited() == 0
    await world.hang_up()
    assert world.survivors() == []
