"""The one fixture of these tests, and what the run says about its surroundings."""

import pytest_asyncio

from harness.world import ROOT, VENVS, World, product


@pytest_asyncio.fixture
async def world():
    """A private home with a witness; whatever the test leaves behind is removed."""
    world = World()
    yield world
    await world.close()


def pytest_report_header(config):
    return [f"product: {product()}", f"virtual environments: {VENVS}", f"clone: {ROOT}"]
