"""`manifold emulate` with the programs that know the real thing: boto3, both published proxies, and
servers written with the SDK."""

import json

import pytest

from harness.emulator import KEY, Emulator, container, sdk
from harness.world import SERVERS, venv

CLIENTS = SERVERS.parent / "clients"


def variables(emulator: Emulator, key=KEY) -> dict:
    """What a user exports."""
    return {
        "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": emulator.base,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        **({"AWS_ACCESS_KEY_ID": key[0], "AWS_SECRET_ACCESS_KEY": key[1]} if key else {}),
    }


async def boto3(world, emulator, *jobs, **env) -> list[dict]:
    """What boto3 makes of these jobs."""
    lines = "".join(json.dumps(job) + "\n" for job in jobs).encode()
    code, out, err = await world.execute(
        [venv("aws"), str(CLIENTS / "agentcore_boto3.py")], input=lines, env=variables(emulator) | env, seconds=60
    )
    assert code == 0, err
    return [json.loads(line) for line in out.splitlines()]


def invoke(emulator, name, **more) -> dict:
    payload = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "look"})
    accept = "application/json, text/event-stream"
    arguments = {"agentRuntimeArn": emulator.arn(name), "payload": payload, "accept": accept, "contentType": "application/json"}
    return {"call": "invoke_agent_runtime", "arguments": {**arguments, **more}}


async def test_boto3_invokes_and_stops(world):
    runtimes = {"story": container(world, protocol="http", qualifiers=["green"]), "weather": container(world)}
    emulator = await Emulator.start(world, runtimes=runtimes)
    session = "s" * 40
    stop = {"agentRuntimeArn": emulator.arn("story"), "runtimeSessionId": session, "qualifier": "green"}
    results = await boto3(
        world,
        emulator,
        invoke(emulator, "story", runtimeSessionId=session, qualifier="green"),
        invoke(emulator, "story", runtimeSessionId=session, qualifier="green", traceId="Root=1-a"),
        {"call": "stop_runtime_session", "arguments": stop},
        invoke(emulator, "weather"),
        invoke(emulator, "story", qualifier="blue"),
    )
    one, two, stopped, weather, unknown = results
    assert (one["status"], one["runtimeSessionId"]) == (200, session)
    assert json.loads(one["response"])["result"]["pid"] == json.loads(two["response"])["result"]["pid"]
    assert stopped["runtimeSessionId"] == session
    assert len(weather["mcpSessionId"]) == 36
    assert (unknown["status"], unknown["code"]) == (404, "ResourceNotFoundException")


@pytest.mark.parametrize(
    "kind, code, attempts",
    [
        ("throttle", "ThrottlingException", 3),
        ("conflict", "RetryableConflictException", 3),
        ("internal", "InternalServerException", 3),
        ("quota", "ServiceQuotaExceededException", 1),
        ("unhealthy", "RuntimeClientError", 1),
        ("accessDenied", "AccessDeniedException", 1),
    ],
)
async def test_boto3_retries_what_the_model_calls_retryable(world, kind, code, attempts):
    emulator = await Emulator.start(world, runtimes={"story": container(world, protocol="http")})
    await emulator.fault(kind, count=9)
    (result,) = await boto3(world, emulator, invoke(emulator, "story"))
    assert (result["code"], result["attempts"]) == (code, attempts)


@pytest.mark.parametrize("source", ["instance", "container"])
async def test_boto3_finds_credentials_at_both_metadata_services(world, source):
    emulator = await Emulator.start(world, runtimes={"story": container(world, protocol="http")})
    env = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    if source == "instance":
        env["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = emulator.base
        env["AWS_EC2_METADATA_V1_DISABLED"] = "true"
    else:
        env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = f"{emulator.base}/credentials"
        env["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "emulated-container-token"
    (result,) = await boto3(world, emulator, invoke(emulator, "story"), **env)
    assert result["status"] == 200, result


# Servers written with the SDK


async def test_sdk_servers_run_in_both_modes(world):
    runtimes = {"stateless": sdk(world, "stateless"), "stateful": sdk(world, stateful=True)}
    emulator = await Emulator.start(world, runtimes=runtimes)
    hello = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }
    for name in runtimes:
        opened = await emulator.invoke(name, "initialize", params=hello)
        assert opened.status == 200, opened.body
        session = opened.fields["mcp-session-id"]
        called = await emulator.invoke(
            name, "tools/call", session=session, params={"name": "echo", "arguments": {"text": "hi"}}
        )
        assert b'"text":"hi"' in called.body, called.body
        assert (await emulator.state(name))["started"] == 1
    await emulator.fault("kill", target="stateful")
    lost = await emulator.invoke("stateful", "tools/list", session=session)
    assert lost.status == 404


# The published proxies


async def proxied(world, emulator, command: list[str], **env):
    """A conversation through a proxy, its handshake done; they take seconds to start."""
    peer = await world.start(command, env=variables(emulator) | env)
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    await peer.request("initialize", hello, seconds=60)
    peer.notify("notifications/initialized")
    return peer


def bridge(world, **settings) -> dict:
    """The published bridge in front of a server of these tests."""
    child = f"{venv('v2')} -S -E {SERVERS / 'few.py'}"
    return {
        "protocol": "http",
        "command": [venv("aws", "mcp-agentcore-server")],
        "env": {"MCP_SERVER_CMD": child, "WITNESS": world.witness.path},
        **settings,
    }


async def test_mcp_agentcore_proxy_reaches_a_bridge_and_a_stateless_server(world):
    emulator = await Emulator.start(world, runtimes={"story": bridge(world), "weather": sdk(world, "stateless")})
    for name in ("story", "weather"):
        peer = await proxied(
            world, emulator, [venv("aws", "mcp-agentcore-proxy")], AGENTCORE_AGENT_ARN=emulator.arn(name)
        )
        answer = await peer.request("tools/call", {"name": "echo", "arguments": {"text": "hi"}})
        assert "hi" in answer["content"][0]["text"]
        assert (await emulator.state(name))["started"] == 1


async def test_mcp_proxy_for_aws_reaches_a_gateway_and_a_runtime(world):
    emulator = await Emulator.start(
        world,
        runtimes={"weather": sdk(world, "stateless")},
        gateways={"maths": {"targets": {"calc": world.raw("few")}, "sessions": "1 h", "streaming": True}},
    )
    options = ["--service", "bedrock-agentcore", "--region", "us-east-1"]
    for url, tool in (
        (f"{emulator.base}/gateways/maths/mcp", "calc___echo"),
        (emulator.base + emulator.path("weather"), "echo"),
    ):
        peer = await proxied(world, emulator, [venv("awsproxy", "mcp-proxy-for-aws"), url, *options])
        answer = await peer.request("tools/call", {"name": tool, "arguments": {"text": "hi"}})
        assert "hi" in answer["content"][0]["text"], answer
