"""The rows of the names: the product and the programs that it stands in for, in front of one server."""

import contextlib
import os
import re
import resource
import statistics
import subprocess
import sys
from pathlib import Path

from web import running

ARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/bench-AbCdEfGhIj"
KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def rows(bench, built: Path, core: str) -> None:
    """First answer, median, CPU per call and memory, each as a part of the original's."""
    links = Path(bench.home.name) / "names"
    links.mkdir()
    with contextlib.ExitStack() as stack:
        web = stack.enter_context(
            running(["taskset", "-c", core, built / "web"], bench.environment, stdout=subprocess.PIPE)
        )
        port = int(web.stdout.readline())
        told = {**KEYS, "AGENTCORE_AGENT_ARN": ARN, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
        words = ["env", *(f"{name}={value}" for name, value in told.items())]
        url = [f"http://127.0.0.1:{port}/mcp", "--service", "bench", "--region", "us-east-1"]
        compare(bench, built, links, words, "mcp-agentcore-proxy", "aws", [], (1 / 10, 1 / 4, 1 / 10))
        compare(bench, built, links, words, "mcp-proxy-for-aws", "awsproxy", url, (1 / 30, None, None))


def compare(bench, built: Path, links: Path, words: list, name: str, environment: str, more: list, bars) -> None:
    original = bench.venvs / environment / "bin" / name
    if not original.exists():
        sys.exit(f"bench: no {name} at {original}: run 'make venv'")
    os.symlink(bench.manifold, links / name)
    ours, theirs = [*words, links / name, *more], [*words, original, *more]
    figures = [
        ("first answer", "ms", 1e6, lambda command: lambda: bench.drive("first", 1, 1, "x", command)[0]),
        ("median of a call", "µs", 1e3, lambda command: lambda: bench.drive("calls", 500, 1, "ping", command)[1]),
        ("CPU per call", "µs", 1e3, lambda command: lambda: processor(bench, command)),
    ]
    for (what, unit, scale, measure), bar in zip(figures, bars):
        found = bench.interleaved({"theirs": measure(theirs), "ours": measure(ours)})
        mine, other = (statistics.median(found[who]) for who in ("ours", "theirs"))
        pairs = sorted(a / b for a, b in zip(found["ours"], found["theirs"]))
        ratio = mine / other
        bench.row(
            f"{name}: {what}",
            f"{mine / scale:.2f} {unit}",
            f"original {other / scale:.1f} {unit}",
            ratio,
            "" if bar is None else f"≤ {bar:.2f} ×",
            None if bar is None else ratio <= bar,
            (pairs[0], pairs[-1]),
        )
    mine, other = (resident(bench, built, command) for command in (ours, theirs))
    bench.row(f"{name}: resident", f"{mine:.1f} MB", f"original {other:.0f} MB", mine / other, "≤ 20 MB", mine <= 20)


def processor(bench, command: list) -> float:
    """Nanoseconds of processor time per call, the client's own included, the start not."""

    def spent(calls: int) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        bench.drive("calls", calls, 1, "ping", command)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    few, many = 100, 1100
    return (spent(many) - spent(few)) * 1e9 / (1.1 * (many - few))


def resident(bench, built: Path, command: list) -> float:
    """Megabytes after a handshake and a list."""
    words = [str(word) for word in (built / "drive", "idle", "1", "1", "x", "--", *command)]
    process = subprocess.Popen(
        words,
        env=bench.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    pid = process.stdout.readline().strip()
    status = Path(f"/proc/{pid}/status").read_text()
    process.communicate("\n")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024
