"""`bridge:` upstreams: a stdio server behind mcp-agentcore-server 0.1.5, or behind a bridge of ours."""

import asyncio
import re
import socket
from urllib.parse import urlsplit

import pytest

from harness.bridges import bridge, command
from harness.edge import Edge
from harness.emulator import KEY, Emulator
from harness.limits import PATIENCE
from harness.signatures import Keys
from harness.world import ROOT, venv

ARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/story-AbCdEfGhIj"
KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_EC2_METADATA_DISABLED": "true",
}
SESSION = re.compile(r"(?i)x-amzn-bedrock-agentcore-runtime-session-id: *(\S+)")


async def original(world, upstream: dict) -> str:
    """The URL of the real mcp-agentcore-server 0.1.5 in front of a server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = " ".join(f"'{word}'" for word in command(upstream))
    own = {"MCP_SERVER_CMD": words, "SERVER_HOST": "127.0.0.1", "SERVER_PORT": str(port)}
    env = {**own, **(upstream["stdio"].get("env") or {})}
    # It writes its access log to standard output.
    world.expects_broken_lines = True
    peer = await world.start([venv("aws", "mcp-agentcore-server")], env=env)
    await peer.says(rb"Uvicorn (running) on", 3 * PATIENCE)
    return f"http://127.0.0.1:{port}"


async def container(world, kind: str, upstream: dict) -> str:
    return await original(world, upstream) if kind == "original" else (await bridge(world, upstream)).url


def entry(edge: Edge, **more) -> dict:
    return {"story": {"bridge": {"arn": ARN, "endpoint": edge.url, **more}}}


def sessions(edge: Edge) -> list[str]:
    """The sessions in the order in which they were first named."""
    return list(dict.fromkeys(SESSION.search(head)[1] for head in edge.heads))


def reply(question: dict) -> dict:
    """A reply that says what was asked."""
    params = question["params"]
    if question["method"] == "elicitation/create":
        return {"action": "accept", "content": {"for": params["message"]}}
    return {"role": "assistant", "model": "m", "content": params["messages"][0]["content"]}


async def answer_questions(client) -> None:
    while True:
        question = await client.hear(lambda m: "id" in m and "method" in m, "a question", 30 * PATIENCE)
        client.send({"jsonrpc": "2.0", "id": question["id"], "result": reply(question)})


@pytest.mark.parametrize("kind", ["original", "ours"])
async def test_a_hundred_calls_with_questions_and_asides_get_their_own_answers(world, kind):
    async with Edge(await container(world, kind, world.raw("story"))) as edge:
        client = await world.client(entry(edge), env=KEYS)
        assert {"story__sample", "story__elicit", "story__echo"} <= set(await client.names())
        answering = asyncio.create_task(answer_questions(client))
        ids = {}
        for number in range(100):
            tool, tag = ["echo", "sample", "elicit"][number % 3], f"t{number}"
            params = {"name": f"story__{tool}", "arguments": {"tag": tag}, "_meta": {"progressToken": tag}}
            ids[client.begin("tools/call", params)] = (tool, tag)
            if number % 10 == 9:
                for id, (tool, tag) in ids.items():
                    text = (await client.answer(id, 6 * PATIENCE))["result"]["content"][0]["text"]
                    begin, _, rest = text.partition(": ")
                    assert begin == tag and (tool == "echo" or f'{tag}"' in rest), text
                ids = {}
        answering.cancel()
        tokens = [m["params"] for m in client.unheard() if m.get("method") == "notifications/progress"]
        assert tokens and all(one["progressToken"] == one["message"] for one in tokens)
        [session] = sessions(edge)
        assert session.startswith("session-") and len(session) == 44


async def test_a_bridge_of_ours_carries_calls_while_others_are_under_way(world):
    async with Edge(await container(world, "ours", world.raw("kinds"))) as edge:
        client = await world.client(entry(edge), env=KEYS)
        held = client.begin("tools/call", {"name": "story__hold", "arguments": {"tag": 1}})
        await world.witness.saw("executed", tool="hold")
        assert await client.text("story__echo", {"text": "x"}) == "x"
        client.notify("notifications/cancelled", {"requestId": held, "reason": "enough"})
        assert (await world.witness.saw("cancelled"))["arguments"] == {"tag": 1}


@pytest.mark.parametrize("kind", ["original", "ours"])
async def test_a_machine_that_was_recycled_is_greeted_again(world, kind):
    upstream = world.sdk("v1", "sdk", "one")
    first, second = [await container(world, kind, upstream) for _ in range(2)]
    async with Edge(first) as edge:
        client = await world.client(entry(edge), env=KEYS)
        call = {"name": "story__add", "arguments": {"a": 1, "b": 2}}
        before = await client.request("tools/call", call)
        edge.place = urlsplit(second)
        after = await client.request("tools/call", call)
        assert after == before and "isError" not in str(after).replace("'isError': False", "")


async def test_a_child_that_died_behind_the_original_costs_one_call_and_gets_a_new_session(world):
    first, second = [await original(world, world.raw("kinds")) for _ in range(2)]
    async with Edge(first) as edge:
        client = await world.client(entry(edge), env=KEYS)
        assert await client.text("story__echo", {"text": "x"}) == "x"
        edge.place = urlsplit(first)
        lost = await client.request("tools/call", {"name": "story__die", "arguments": {}}, seconds=3 * PATIENCE)
        assert lost["isError"] and lost["_meta"]["manifold/executed"] == "unknown"
        edge.place = urlsplit(second)
        assert await client.text("story__echo", {"text": "again"}) == "again"
        assert len(sessions(edge)) >= 2
        assert world.witness.count("executed", tool="die") == 1


async def test_a_settings_mistake_is_pointed_at(world):
    world.configure({"story": {"bridge": {"arn": ARN, "session": "mine"}}})
    code, out, err = await world.run("check", "--config", world.config)
    assert code == 2 and "session" in err and "identity" in err
    world.configure({"story": {"bridge": {"session": "identity"}}})
    code, out, err = await world.run("check", "--config", world.config)
    assert code == 2 and "'arn'" in err


async def test_a_runtime_of_the_other_protocol_is_pointed_at(world):
    command = [venv("v1"), str(ROOT / "Examples/agentcore/server.py")]
    emulator = await Emulator.start(world, runtimes={"notes": {"command": command, "stateful": True}})
    world.configure({"up": {"bridge": {"arn": emulator.arn("notes"), "endpoint": emulator.door}}})
    env = Keys(id=KEY[0], secret=KEY[1]).environment | {"AWS_ENDPOINT_URL_STS": f"{emulator.base}/sts"}
    words = ["check", "--probe", "--timeout", f"{PATIENCE}s", "--config", str(world.config)]
    code, out, _ = await world.run(*words, env=env)
    assert code == 1 and "Upstream 'up': AgentCore answers as for an MCP server (-32010): " in out, out
    assert "Put 'runtime' in the place of 'bridge'." in out and "standard output" not in out, out
