"""The fixture servers do what the other tests take for granted, without the product between."""

import asyncio

import pytest

from harness.emulator import KEY, Emulator, container
from harness.limits import soon
from harness.peer import Refused


async def test_a_plain_server_answers_everything_it_offers(world):
    server = await world.direct(world.raw("kinds", '{"pages":3}'))
    offered = (await server.initialize())["capabilities"]
    assert {"tools", "prompts", "resources", "completions", "logging"} <= set(offered)
    assert await server.text("echo", {"text": "x"}) == "x"
    assert (await server.request("tools/list"))["nextCursor"] == "page:1"
    assert (await world.witness.saw("executed", tool="echo"))["arguments"] == {"text": "x"}
    with pytest.raises(Refused):
        await server.call("refuse")
    assert await server.stop() == 0
    await world.gone()


async def test_a_held_call_ends_by_release_or_by_cancellation(world):
    server = await world.direct(world.raw("kinds"))
    await server.initialize()
    held = [server.begin_call("hold", {"tag": n}) for n in range(2)]
    await world.witness.saw("executed", times=2, tool="hold")
    server.notify("notifications/cancelled", {"requestId": held[0]})
    assert (await world.witness.saw("cancelled"))["request"] == held[0]
    await server.call("release", {"tag": 1})
    assert (await server.answer(held[1]))["result"]["content"][0]["text"] == "released 1"


@pytest.mark.parametrize(
    "step",
    [
        "after reading",
        "after progress",
        "within the result",
        "after the result",
        "after the result without newline",
    ],
)
async def test_a_dying_server_dies_once(world, step):
    world.expects_broken_lines = step == "within the result"
    upstream = world.raw("dying", step, str(world.home / "died"))
    first = await world.direct(upstream)
    await first.initialize()
    first.begin_call("work", token="t")
    assert await first.exited() == 7
    second = await world.direct(upstream)
    await second.initialize()
    assert await second.text("work") == "worked"


async def test_a_stubborn_server_stays(world):
    server = await world.direct(world.raw("stubborn", "ignores"))
    await server.initialize()
    child = (await world.witness.saw("grandchild"))["child"]
    server.close_input()
    await world.witness.saw("ended")
    server.process.terminate()
    assert {server.process.pid, child} <= set(world.survivors())


async def test_a_gate_holds_a_server_until_it_opens(world):
    gate = world.gate()
    server = await world.direct(world.raw("few", env={"GATE": gate.path}))
    id = server.begin("ping")
    await world.witness.saw("gated")
    assert server.lines == []
    gate.open()
    assert (await server.answer(id))["result"] == {}


async def test_the_reflecting_server_returns_the_very_bytes(world):
    server = await world.direct(world.raw("reflect"))
    await server.initialize()
    server.send_line(
        '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"reflect","arguments":{"x":1.0,"x":"\\ud800"}}}'
    )
    await server.answer(5)
    assert server.lines[-1] == b'{"jsonrpc":"2.0","id":5,"result":{"x":1.0,"x":"\\ud800"}}\n'


@pytest.mark.parametrize(
    "environment, arguments", [("v1", ["one"]), ("v2", ["two"]), ("fastmcp", ["fast", "fastmcp"])]
)
async def test_a_server_made_with_an_sdk_asks_and_notices_cancellation(world, environment, arguments):
    server = await world.direct(world.sdk(environment, "sdk", *arguments))
    await server.initialize()
    call = server.begin_call("elicit")
    server.reply(await server.question("elicitation/create"), {"action": "accept", "content": {"name": "Bo"}})
    assert (await server.answer(call))["result"]["content"][0]["text"] == "accept: Bo"
    server.begin_call("linger", token=1, id="L")
    await world.witness.saw("lingering")
    server.notify("notifications/cancelled", {"requestId": "L"})
    await world.witness.saw("cancelled")


async def test_waiting_in_vain_says_for_what(world):
    with pytest.raises(AssertionError, match="waited 0.01 s in vain for a miracle"):
        await soon(asyncio.Event().wait(), "a miracle", 0.01)


async def test_a_door_lets_everything_pass_and_has_botocore_judge_it(world):
    emulator = await Emulator.start(world, runtimes={"weather": container(world)})
    [door] = world.doors
    emulator.base, emulator.host = door.base, door.base.removeprefix("http://")
    answer = await emulator.invoke("weather")
    assert answer.json["result"] and door.judge.seen == [(KEY[0], "us-east-1", "bedrock-agentcore")]
    forged = await emulator.invoke("weather", key=(KEY[0], "another"))
    assert forged.status == 403 and door.judge.seen[1:] == []
    [wrong] = door.wrong
    assert "InvalidSignatureException" in wrong
    door.wrong.clear()
