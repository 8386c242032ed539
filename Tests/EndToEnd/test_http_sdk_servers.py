"""The tour over Streamable HTTP meets servers made with SDKs, without the product between."""

import pytest
from harness.eras import NEWEST
from harness.tours import CLIENTS_AND_MODES, logged, served, tour


@pytest.mark.parametrize(
    "client, server",
    [
        ("mcp1", ["v1", "sdk"]),
        ("mcp2-legacy", ["v2", "sdk"]),
        ("mcp2-modern", ["v2", "sdk"]),
        ("fastmcp-legacy", ["fastmcp", "sdk", "fastmcp"]),
        ("fastmcp-modern", ["fastmcp", "sdk", "fastmcp"]),
    ],
)
async def test_the_tour_meets_a_server_of_its_own_kind(world, client, server):
    """Without the product between: what the tour expects can be met."""
    environment, script, *more = server
    url = await world.served(environment, script, "here", *more, "http")
    older = CLIENTS_AND_MODES[client][2] == NEWEST
    asks, elicits = [""] if older and not more else [], [""] if older else []
    met = await tour(world, client, url, sdk=[""], asks=asks, elicits=elicits, level=False)
    served(met, "", asks=bool(asks), elicits=bool(elicits))
    logged(met, "")
    await world.witness.saw("cancelled")
