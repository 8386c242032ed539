"""The fixtures of these tests, and what the run says about its surroundings."""

import pytest
import pytest_asyncio

from harness import schema
from harness.targets import REFERENCES, Places, Target
from harness.world import ROOT, VENVS, World, product

#: Who the scenarios of the official conformance suite are put to: `direct` is the reference itself,
#: so that they are known to be able to pass; `manifold` is the product in front of it, HTTP on both
#: sides; `piped` is the product with HTTP in front and standard input and output behind.
TARGETS = ["direct", "manifold", "piped"]

#: Tests that need a product with an HTTP front, HTTP upstreams or the newest revision.
NEEDS_THE_PRODUCT = ["depth", "eras", "faults", "front_attacks", "sdk", "sessions"]
collect_ignore = (
    []
    if "manifold" in TARGETS
    else ["test_stdio_eras.py", *(f"test_http_{name}.py" for name in NEEDS_THE_PRODUCT)]
)


@pytest_asyncio.fixture
async def world():
    """A private home with a witness; whatever the test leaves behind is removed."""
    world = World()
    yield world
    await world.close()


@pytest.fixture(scope="session")
def places():
    """Servers that the tests of one worker share."""
    places = Places()
    yield places
    places.close()


def pytest_generate_tests(metafunc):
    """A scenario is put to every target, for each of its module's `REVISIONS` and their references."""
    if "target" in metafunc.fixturenames:
        cases = [
            (kind, version, reference)
            for kind in TARGETS
            for version in metafunc.module.REVISIONS
            for reference in REFERENCES[version]
        ]
        metafunc.parametrize("target", cases, ids=["-".join(case) for case in cases], indirect=True)


@pytest.fixture
def target(request, places) -> Target:
    """One address and the revision to speak there."""
    kind, version, reference = request.param
    return Target(kind, version, getattr(places, kind)(version, reference))


@pytest_asyncio.fixture
async def client(target):
    """A raw client of the target, its handshake done; every frame must be what its revision allows."""
    peer = target.peer()
    await peer.ready()
    yield peer
    await peer.discard()
    assert peer.frames.wrong == [], "\n".join(peer.frames.wrong)


def pytest_report_header(config):
    return [
        f"product: {product()}",
        f"virtual environments: {VENVS}",
        f"clone: {ROOT}",
    ]


def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(f"schemas of the protocol: {schema.found()}")
    terminalreporter.write_line(f"targets of the conformance scenarios: {', '.join(TARGETS)}")
