"""Every example in the clone does what its README says."""

import asyncio
import os
import re
from pathlib import Path

import pytest

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
    variables = {name: "0" * 64 for name in re.findall(r"\$\{env:(\w+)", path.read_text())}
    code, out, err = await world.run("check", "--config", str(path), env=variables)
    assert code == 0, err
