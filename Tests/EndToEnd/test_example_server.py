"""The bundled example server: fast from a cold start, whatever stands beside it."""

import asyncio
from pathlib import Path

import pytest_asyncio
from harness.world import product
from test_faults import bad


@pytest_asyncio.fixture
async def example(world):
    """Its configuration entry and one of its tools that needs no arguments."""
    program = Path(product()).with_name("example-server")
    assert program.exists(), f"no {program}: the example server is built beside the product"
    entry = {"stdio": {"command": str(program), "args": [], "env": {"WITNESS": world.witness.path}}}
    direct = await world.direct(entry)
    await direct.initialize()
    names = await direct.names()
    return entry, next(name for name in ("echo", "text", "say") if name in names)


async def test_it_answers_within_fifty_milliseconds_of_a_cold_start_beside_bad_upstreams(world, example):
    entry, tool = example
    loop, took = asyncio.get_running_loop(), []
    # An executable that is missing and one that exits at once need no interpreter of their own,
    # so they measure what they cost the product and not what they cost the machine.
    beside = {
        "missing": bad(world)["missing"],
        "exits": {"stdio": {"command": "/bin/false"}},
        "hangs": {"stdio": {"command": "/bin/sleep", "args": ["1000"]}},
        "garbage": {"stdio": {"command": "/bin/sh", "args": ["-c", "echo hello; exec cat >/dev/null"]}},
    }
    world.configure({**beside, "example": entry})
    for _ in range(9):
        started = loop.time()
        client = await world.start(world.serving())
        await client.initialize()
        await client.call(f"example__{tool}", {"text": "x"})
        took.append(loop.time() - started)
        await client.discard()
    assert min(took) < 0.05, took


async def test_it_offers_a_tool_of_every_kind(world, example):
    client = await world.client({"example": example[0]})
    assert len(await client.names()) >= 10
    assert await client.names("prompts") and await client.names("resources", "uri")
    assert await client.names("templates", "uriTemplate")
