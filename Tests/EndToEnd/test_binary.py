"""The binary itself: what it links, how it starts, what it weighs."""

import asyncio
import re
import shutil
import statistics
import subprocess
import sys

import pytest

from harness import processes
from harness.world import product


def output(*command: str) -> str:
    assert shutil.which(command[0]), f"{command[0]} is not installed"
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(sys.platform == "darwin", reason="Foundation is part of the system there")
def test_it_needs_no_foundation_and_no_swift_library():
    needed = re.findall(r"^\s+(\S+) =>", output("ldd", product()), re.M)
    assert [name for name in needed if "oundation" in name or "swift" in name] == []
    allowed = re.compile(r"^lib(c|m|gcc_s|stdc\+\+|dl|pthread|rt|util|event_core-2\.1|ssl|crypto|yaml-0|pcre2-8|expat)\.")
    assert [name for name in needed if not allowed.match(name)] == []


def test_no_symbol_of_foundation_is_inside():
    symbols = output("nm", "-C", product())
    assert [line for line in symbols.splitlines() if "Foundation." in line or "$s10Foundation" in line] == []


async def test_the_handshake_is_answered_soon_after_exec(world):
    """The bar is ten milliseconds, pinned and quiet; here it shares two cores with other tests."""
    loop, took = asyncio.get_running_loop(), []
    world.configure({"few": world.raw("few")})
    for _ in range(7):
        started = loop.time()
        client = await world.start(world.serving())
        await client.initialize()
        took.append(loop.time() - started)
        await client.discard()
    assert min(took) < 0.05, took
    assert statistics.median(took) < 0.25, took


async def test_ten_idle_upstreams_weigh_little(world):
    client = await world.client({f"u{n}": world.raw("few") for n in range(10)}, limits={"startWait": "30 s"})
    assert len(await client.names()) == 10
    assert processes.resident_bytes(client.process.pid) <= 15 << 20


async def test_many_short_lives_leave_no_descriptor_behind(world):
    import os

    client = await world.client({"kinds": world.raw("kinds")})
    await client.call("kinds__echo")
    before = len(os.listdir(f"/proc/{client.process.pid}/fd"))
    for _ in range(3):
        await client.call("kinds__die")
        await client.text("kinds__echo")
    assert len(os.listdir(f"/proc/{client.process.pid}/fd")) <= before
