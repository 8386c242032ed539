"""Applications written with the official SDKs and FastMCP, over Streamable HTTP, and what they must meet."""

import json

from .eras import MODERN, NEWEST
from .world import CLIENTS, venv

#: A client: its environment, its connection mode, the revision that it must end up with.
CLIENTS_AND_MODES = {
    "mcp1": ("v1", "", NEWEST),
    "mcp2-legacy": ("v2", "legacy", NEWEST),
    "mcp2-modern": ("v2", "auto", MODERN),
    "fastmcp-legacy": ("fastmcp", "legacy", NEWEST),
    "fastmcp-modern": ("fastmcp", "auto", MODERN),
}


async def tour(world, client: str, url: str, **plan) -> dict:
    """What this client meets at this address; it must have agreed on its revision."""
    environment, mode, version = CLIENTS_AND_MODES[client]
    plan |= {"url": url, "mode": mode, "fastmcp": environment == "fastmcp", "calls": []}
    code, out, err = await world.execute(
        [venv(environment), str(CLIENTS / "tour.py"), json.dumps(plan)], seconds=50
    )
    assert code == 0, f"{out[-2000:]}\n{err[-4000:]}"
    met = json.loads(out)
    assert met["version"] == version
    assert met["parallel"] == [f"#{n}" for n in range(100)]
    return met


def served(met: dict, prefix: str, *, asks: bool, elicits: bool) -> None:
    """Everything that one server made with an SDK offers was met as it is."""
    start = f"{prefix}__" if prefix else ""
    calls = {name.removeprefix(start): call for name, call in met["calls"].items() if name.startswith(start)}
    assert calls["echo"]["content"][0]["text"] == "é\u2028"
    assert calls["add"]["structuredContent"] == {"sum": 2**53 + 1}
    assert calls["picture"]["content"][0]["mimeType"] == "image/png"
    assert calls["fail"]["isError"] and "fail" in calls["fail"]["content"][0]["text"]
    assert [step[0] for step in met["progress"][prefix]] == [1, 2, 3, 4, 5]
    if elicits:
        assert calls["elicit"]["content"][0]["text"] == "accept: Ada"
    if asks:
        assert calls["sample"]["content"][0]["text"] == "sampled"
        assert "file:///tour" in calls["roots"]["content"][0]["text"]


def logged(met: dict, prefix: str) -> None:
    """Five lines of one server, which says who it is where there are several."""
    assert len([log for log in met["logs"] if (log.get("logger") or "").startswith(prefix)]) == 5
