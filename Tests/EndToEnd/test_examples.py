"""Every example in the clone does what its README says."""

import asyncio
import json
import os
import re
from pathlib import Path

import pytest

from harness.bridges import Client
from harness.emulator import Emulator
from harness.world import ROOT, VENVS, product

CONFIGURATIONS = sorted((ROOT / "Examples/configurations").glob("*.yaml"))


@pytest.mark.timeout(240)
async def test_the_demo_shows_every_step(world):
    environment = {
        **os.environ,
        "BIN": str(Path(product()).parent),
        "VENV": str(VENVS / "v1"),
        "HOME": str(world.home),
    }
    demo = await asyncio.create_subprocess_exec(
        "sh",
        str(ROOT / "Examples/demo/demo.sh"),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await asyncio.wait_for(demo.communicate(), 200)
    assert demo.returncode == 0, out.decode()
    assert out.decode().count("All 5 steps did what they should") == 2, out.decode()


@pytest.mark.parametrize("path", CONFIGURATIONS, ids=lambda path: path.name)
async def test_every_example_configuration_checks(world, path):
    variables = {name: "0" * 64 for name in re.findall(r"\$\{env:(\w+)", path.read_text())}
    code, out, err = await world.run("check", "--config", str(path), env=variables)
    assert code == 0, err


async def test_the_container_serves_what_its_dockerfile_says(world):
    lines = (ROOT / "Examples/container/Dockerfile").read_text().splitlines()
    [words] = [json.loads(line.removeprefix("CMD ")) for line in lines if line.startswith("CMD ")]
    assert words[0] == "manifold" and "USER 1000" in lines and "FROM --platform=linux/arm64" in " ".join(lines)
    words = [product(), words[1], "--listen", "127.0.0.1:0", *words[2:]]
    listener = await world.listen(words, {"PATH": f"{VENVS / 'v1/bin'}:{os.environ['PATH']}"})
    client = Client(listener.url)
    await client.ready()
    asked = client.call("get_current_time", {"timezone": "UTC"})
    assert '"timezone": "UTC"' in (await asked.done()).text


def clone(folder: Path) -> Path:
    """What commands of the documents find in a clone in which everything was built."""
    (folder / ".build").mkdir(parents=True)
    (folder / ".venv").mkdir()
    (folder / ".build/release").symlink_to(Path(product()).parent)
    (folder / ".venv/v1").symlink_to(VENVS / "v1")
    (folder / "Examples").symlink_to(ROOT / "Examples")
    return folder


async def test_the_example_of_an_agentcore_runs_as_its_document_says(world):
    text = (ROOT / "Examples/agentcore/README.md").read_text()
    [command] = [line for line in text.splitlines() if "manifold emulate" in line]
    words = f"cd {clone(world.home / 'clone')} && exec env {command} --port 0"
    listener = await world.listen(["sh", "-c", words])
    assert "Could not" not in listener.errors.decode()
    emulator = Emulator(world, listener)
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    for name, tool, arguments in (
        ("weather", "forecast", {"city": "Oslo"}),
        ("notes", "remember", {"note": "milk"}),
    ):
        opened = await emulator.invoke(name, "initialize", params=hello)
        assert opened.status == 200, opened.body
        called = await emulator.invoke(
            name,
            "tools/call",
            session=opened.fields["mcp-session-id"],
            params={"name": tool, "arguments": arguments},
        )
        assert next(iter(arguments.values())).encode() in called.body, called.body
    listing = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    fields = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    body = json.dumps(listing).encode()
    assert (await emulator.request("POST", "/gateways/maths/mcp", body, fields)).status == 400
    assert (await emulator.request("POST", "/gateways/crm/mcp", body, fields, key=None)).status == 401
    form = b"grant_type=client_credentials&client_id=demo&client_secret=demo-secret"
    granted = await emulator.request("POST", "/issuer/oauth2/token", form, key=None)
    shown = {"Authorization": f"Bearer {granted.json['access_token']}"}
    answer = await emulator.request("POST", "/gateways/crm/mcp", body, fields | shown, key=None)
    names = [tool["name"] for tool in answer.json["result"]["tools"]]
    assert len(names) == 5 and names[0] == "x_amz_bedrock_agentcore_search" and names[1].startswith("desk___")
