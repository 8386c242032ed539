"""Every example in the clone does what its README says."""

import asyncio
import json
import os
import re
from pathlib import Path

import pytest

from harness.bridges import Client
from harness.world import ROOT, VENVS, product

CONFIGURATIONS = sorted((ROOT / "Examples/configurations").glob("*.yaml"))


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
    out, _ = await asyncio.wait_for(demo.communicate(), 60)
    assert demo.returncode == 0, out.decode()
    assert "All 5 steps did what they should" in out.decode()


@pytest.mark.parametrize("path", CONFIGURATIONS, ids=lambda path: path.name)
async def test_every_example_configuration_checks(world, path):
    variables = {name: "x" for name in re.findall(r"\$\{env:(\w+)", path.read_text())}
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
