"""`mcp-agentcore-proxy` by name, in front of the original's own bridge and server, with the original's own smoke test."""


import pytest

from harness.dropin import ForwardingEdge, Program, source
from harness.limits import PATIENCE
from harness.world import SERVERS, venv

ORIGINAL, OURS = "original", "manifold"

BRIDGE = """
import sys, uvicorn
from mcp_agentcore_proxy import server
app = server._build_app()
class Said(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        print(f"Listening on http://127.0.0.1:{port}/invocations", file=sys.stderr, flush=True)
Said(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error")).run()
"""

STATELESS = """
import socket, sys
sys.path.insert(0, sys.argv[1])
import mcp_server
free = socket.socket()
free.bind(("127.0.0.1", 0))
port = free.getsockname()[1]
free.close()
mcp_server.mcp.settings.host, mcp_server.mcp.settings.port = "127.0.0.1", port
print(f"Listening on http://127.0.0.1:{port}/mcp", file=sys.stderr, flush=True)
mcp_server.mcp.run("streamable-http")
"""


async def container(world, mode: str, bridge: str = ORIGINAL):
    """What runs in the container of the original's demo, behind either bridge."""
    folder = source("mcp-agentcore-proxy") / f"demo/agentcore/runtime_{mode}"
    if mode == "stateless":
        return await world.listen([venv("awsproxy"), "-c", STATELESS, str(folder)])
    child = f"{venv('awsproxy')} -u {folder}/mcp_server.py"
    if bridge == OURS:
        program = Program(world, OURS, "mcp-agentcore-server")
        told = {"MCP_SERVER_CMD": child, "SERVER_HOST": "127.0.0.1", "SERVER_PORT": "0"}
        return await world.listen([program.path], told)
    return await world.listen([venv("aws"), "-c", BRIDGE], {"MCP_SERVER_CMD": child})


@pytest.mark.timeout(180)
@pytest.mark.parametrize("kind", [OURS, ORIGINAL])
@pytest.mark.parametrize("mode, bridge", [("stateless", ORIGINAL), ("stateful", ORIGINAL), ("stateful", OURS)])
async def test_the_smoke_test_of_the_original_passes(world, mode, bridge, kind):
    there = await container(world, mode, bridge)
    edge = await ForwardingEdge(there.url).start()
    program = Program(world, kind)
    script = source("mcp-agentcore-proxy") / "demo/scripts/proxy_smoketest.py"
    words = [venv("awsproxy"), str(script), edge.arn, "--mode", mode, "--proxy-cmd", program.path]
    code, out, err = await world.execute(words, env=program.variables(edge), seconds=12 * PATIENCE)
    await edge.close()
    assert code == 0, err
    expected = ["Tools", "whoami", "Whoami", "Weather", "clear", "moderate breeze", "Elicitation", "Curious and courageous"]
    expected += ["Sampling", "A guide followed the river"] if mode == "stateful" else ["Story", "Once upon a time"]
    for words in expected:
        assert words in out, f"{words}: {out}\n{err}"


@pytest.mark.parametrize("bridge", [ORIGINAL, OURS])
async def test_calls_side_by_side_go_through_a_bridge(world, bridge):
    there = await container(world, "stateful", bridge)
    edge = await ForwardingEdge(there.url).start()
    program = Program(world, OURS)
    peer = await program.start(edge)
    await peer.initialize()
    ids = [peer.begin_call("get_weather", {"city": f"city {n}"}) for n in range(20)]
    for n, id in enumerate(ids):
        result = (await peer.answer(id))["result"]
        assert f"city {n}\"" in result["content"][0]["text"]
    await edge.close()


@pytest.mark.parametrize("server", ["story", "v1"])
async def test_answers_stay_with_their_calls_behind_a_bridge_whose_server_talks(world, server):
    """Logs before each answer, which the original's bridge hands out in the place of answers."""
    story = world.raw("story")["stdio"]
    words = [story["command"], *story["args"]]
    if server == "v1":
        words = [venv("v1"), "-u", str(SERVERS / "sdk.py"), "x", "stdio"]
    env = {"WITNESS": world.witness.path, "MCP_SERVER_CMD": " ".join(words)}
    there = await world.listen([venv("aws"), "-c", BRIDGE], env)
    edge = await ForwardingEdge(there.url).start()
    peer = await Program(world, OURS).start(edge)
    await peer.initialize()
    for turn in range(8):
        calls = {}
        for n in range(3):
            tag = f"{turn}-{n}"
            arguments = {"tag": tag} if server == "story" else {"text": tag}
            calls[peer.begin_call("echo", arguments, token=tag)] = tag
            if server == "v1":
                calls[peer.begin_call("slow", {"steps": 2}, token=f"{tag}-slow")] = "done"
        for id, said in calls.items():
            assert (await peer.answer(id))["result"]["content"][0]["text"] == said
    heard = peer.unheard()
    assert {message.get("method") for message in heard} <= {"notifications/message", "notifications/progress"}
    assert not any("exception_handler" in str(message) for message in heard)
    await edge.close()
