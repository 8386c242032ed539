"""The bridge and the programs that it replaces, or is called by: mcp-agentcore-proxy 0.1.5 and its bridge."""

import pytest

from harness.bridges import bridge, original_by_name
from harness.edge import Edge
from harness.world import venv

ARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/story-AbCdEfGhIj"


def keys(edge: Edge) -> dict:
    return {
        "AGENTCORE_AGENT_ARN": ARN,
        "AWS_ENDPOINT_URL": edge.url,
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


async def called(peer, tool: str, tag: str, token=None) -> str:
    """What a call comes to, with every question answered as it is put."""
    params = {"name": tool, "arguments": {"tag": tag}}
    if token is not None:
        params["_meta"] = {"progressToken": token}
    id = peer.begin("tools/call", params)
    while True:
        message = await peer.hear(lambda m: "id" in m and (m["id"] == id or "method" in m), "an answer")
        if "method" not in message:
            return message["result"]["content"][0]["text"]
        peer.send({"jsonrpc": "2.0", "id": message["id"], "result": {"for": tag}})


@pytest.mark.parametrize("by_name", [False, True])
async def test_the_015_proxy_works_through_the_bridge(world, by_name):
    """Sampling and elicitation as ping-pong, with progress and logs in between, and no answer astray."""
    upstream = world.raw("story")
    if by_name:
        words = " ".join(f"'{word}'" for word in [upstream["stdio"]["command"], *upstream["stdio"]["args"]])
        client = await original_by_name(world, {"MCP_SERVER_CMD": words})
    else:
        client = await bridge(world, upstream)
    async with Edge(client.url) as edge:
        peer = await world.start([venv("aws", "mcp-agentcore-proxy")], env=keys(edge))
        assert (await peer.initialize())["serverInfo"]["name"] == "story"
        for number in range(10):
            for tool in ["echo", "sample", "elicit"]:
                tag = f"{tool}/{number}"
                text = await called(peer, tool, tag, token=tag)
                assert text == (tag if tool == "echo" else f'{tag}: {{"for": "{tag}"}}')
        said = [m for m in peer.unheard() if m["method"] == "notifications/message"]
        steps = [(m["params"]["data"]["tag"], m["params"]["data"]["step"]) for m in said]
        assert len(steps) == len(set(steps)) == 10 * (1 + 2 + 2)
        assert all("x-amzn-bedrock-agentcore-runtime-session-id" in head.lower() for head in edge.heads)


async def test_the_015_proxy_replays_its_handshake_when_the_bridge_was_replaced(world):
    """A recycled microVM: the new child knows nothing, says so, and is told."""
    upstream = world.sdk("v1", "sdk", "one")
    first, second = await bridge(world, upstream), await bridge(world, upstream)
    async with Edge(first.url) as edge:
        peer = await world.start([venv("aws", "mcp-agentcore-proxy")], env=keys(edge))
        await peer.initialize()
        before = await peer.request("tools/list", {})
        edge.place = type(edge.place)("http", second.url.split("/")[2], "", "", "")
        assert await peer.request("tools/list", {}) == before
        # It says so after the answer.
        await peer.hear(lambda m: "replay succeeded" in str(m.get("params", {}).get("data")), "the replay's end")
