"""The official SDKs and FastMCP in front of the product's HTTP front: the tour, whatever is behind."""

import pytest
from harness.eras import NEWEST
from harness.tours import CLIENTS_AND_MODES, logged, served, tour


@pytest.mark.parametrize("client", CLIENTS_AND_MODES)
async def test_an_application_over_http_meets_everything_that_is_served(world, client):
    upstreams = {
        "one": world.sdk("v1", "sdk", "one"),
        "web": {"http": {"url": await world.served("v1", "sdk", "web", "http")}},
        "two": {"http": {"url": await world.served("v2", "sdk", "two", "http")}},
        "fast": world.sdk("fastmcp", "sdk", "fast", "fastmcp"),
    }
    front = await world.front(upstreams, limits={"startWait": "30 s"})
    # A server that serves both eras can ask in the middle of a call in the older one only. Which of
    # many requests is meant is known where the question comes on the stream of one.
    older = CLIENTS_AND_MODES[client][2] == NEWEST
    elicits = ["one", "web", "two", "fast"] if older else ["web"]
    asks = ["one", "web", "two"] if older else []
    met = await tour(world, client, front.url, sdk=list(upstreams), asks=asks, elicits=elicits)
    for prefix in upstreams:
        served(met, prefix, asks=prefix in asks, elicits=prefix in elicits)
        # Of a server that speaks lines it is not known which of many calls a log line is about.
        if older or prefix in ("web", "two"):
            logged(met, prefix)
        assert f"{prefix}__greet" in met["prompts"] and f"sdk://{prefix}/note" in met["resources"]
        assert f"sdk://{prefix}/by-name/{{name}}" in met["templates"]
    await world.witness.saw("cancelled", times=4)
    assert world.witness.count("lingering") == world.witness.count("cancelled") == 4
