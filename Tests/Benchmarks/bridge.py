"""The rows of the bridge: the product and mcp-agentcore-server in front of one child."""

import contextlib
import re
import statistics
import subprocess
import sys
from pathlib import Path

from web import free_port, running, wait_for


def rows(bench, built: Path, core: str) -> None:
    """What a bridge adds to a call of the bare child, and how many calls it carries."""
    original = bench.venvs / "aws/bin/mcp-agentcore-server"
    if not original.exists():
        sys.exit(f"bench: no mcp-agentcore-server at {original}: run 'make venv'")
    pinned = ["taskset", "-c", core]
    with contextlib.ExitStack() as stack:
        port = free_port()
        told = {"MCP_SERVER_CMD": str(built / "echo"), "SERVER_HOST": "127.0.0.1", "SERVER_PORT": str(port)}
        words = ["env", *(f"{name}={value}" for name, value in told.items())]
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        theirs = stack.enter_context(running([*words, *pinned, original], bench.environment, **silent))
        wait_for(port, theirs)
        command = [*pinned, bench.manifold, "bridge", "--listen", "127.0.0.1:0", "--", built / "echo"]
        product = stack.enter_context(running(command, bench.environment, stderr=subprocess.PIPE))
        ours = next(int(found[1]) for line in product.stderr if (found := re.search(r"http://127.0.0.1:(\d+)", line)))

        def load(at: int, width: int, calls: int) -> list[float]:
            words = [*pinned, built / "load", str(at), str(width), str(calls), "ping", "/invocations"]
            done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, check=True)
            return [float(word) for word in done.stdout.split()]

        found = bench.interleaved(
            {
                "child": lambda: bench.drive("calls", bench.calls // 4, 1, "ping", [built / "echo"])[1],
                "ours": lambda: load(ours, 1, bench.calls // 4)[0],
                "theirs": lambda: load(port, 1, 200)[0],
                "ours, many": lambda: load(ours, 16, bench.calls)[1],
                "theirs, many": lambda: load(port, 16, 400)[1],
            }
        )
    child, mine, other, many, others = (statistics.median(found[name]) for name in found)
    added = (mine - child) / 1000
    bench.row(
        "bridge: added to a call of the bare child",
        f"{added:.0f} µs",
        f"original {(other - child) / 1000:.0f} µs",
        None,
        "≤ 300 µs",
        added <= 300,
    )
    bench.row(
        "bridge: calls per second, 16 callers",
        f"{1e9 / many:.0f}",
        f"original {1e9 / others:.0f}",
        others / many,
        "≥ 20 ×",
        others / many >= 20,
    )
