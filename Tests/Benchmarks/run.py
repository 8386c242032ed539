#!/usr/bin/env python3
"""Measures the product against named peers in one run and prints one table.

    run.py [--json] [--quick] MANIFOLD VENVS SCANNER

Every comparison: all processes on one core, medians of interleaved runs. Exit code 1 only when the
number of allocations is over its bar; times are reported, not asserted.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import bridge
import dropin
import plugins
import web

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILT = ROOT / ".build/benchmarks"
CORE = str(max(os.sched_getaffinity(0)))


def compiled() -> None:
    """Builds the peers that are written in C."""
    BUILT.mkdir(parents=True, exist_ok=True)
    for name in ("drive", "echo", "relay", "web", "load", "events"):
        subprocess.run(
            ["cc", "-O2", "-D_GNU_SOURCE", "-o", BUILT / name, HERE / f"{name}.c"], check=True
        )
    subprocess.run(
        ["cc", "-O2", "-shared", "-fPIC", "-D_GNU_SOURCE"]
        + ["-o", BUILT / "allocations.so", HERE / "allocations.c"],
        check=True,
    )


class Bench:
    def __init__(self, manifold: Path, venvs: Path, runs: int, calls: int):
        self.manifold, self.venvs, self.runs, self.calls = manifold, venvs, runs, calls
        self.example = manifold.with_name("example-server")
        self.home = tempfile.TemporaryDirectory()
        self.rows: list[dict] = []
        self.environment = {
            **os.environ,
            "HOME": self.home.name,
            "XDG_CACHE_HOME": f"{self.home.name}/cache",
            "XDG_RUNTIME_DIR": self.home.name,
        }
        self.files = 0

    # Commands

    def served(self, *upstreams: list[str], plugins: list[dict] = []) -> list[str]:
        """The product in front of these commands, named u0, u1, …, with plugins in between."""
        entries = {
            f"u{index}": {"stdio": {"command": str(command[0]), "args": command[1:]}}
            for index, command in enumerate(upstreams)
        }
        self.files += 1
        path = Path(self.home.name) / f"{self.files}.yaml"
        path.write_text(json.dumps({"upstreams": entries, "plugins": plugins}))
        return [str(self.manifold), "serve", "--log-level", "error", "--config", str(path)]

    def drive(self, mode: str, count: int, depth: int, tool: str, command: list[str], **options):
        cores = options.get("cores", CORE)
        words = ["taskset", "-c", cores, str(BUILT / "drive"), mode, str(count), str(depth), tool, "--"]
        done = subprocess.run(
            words + [str(word) for word in command],
            env={**self.environment, **options.get("env", {})},
            stdout=subprocess.PIPE,
            stderr=options.get("stderr", subprocess.DEVNULL),
            text=True,
            check=True,
        )
        numbers = [float(word) for word in done.stdout.strip().splitlines()[-1].split()]
        return (numbers, done.stderr) if "stderr" in options else numbers

    def interleaved(self, measures: dict) -> dict[str, list[float]]:
        """The values of each measure, taken in turn so that noise meets all of them."""
        taken: dict[str, list[float]] = {name: [] for name in measures}
        for _ in range(self.runs):
            for name, measure in measures.items():
                taken[name].append(measure())
        return taken

    @staticmethod
    def heading() -> None:
        print(f"{'':<58} {'measured':>14} {'in the same run':<22} {'ratio (spread)':<20} bar")

    def row(self, what, figure, peer="", ratio=None, bar="", good=None, spread=None):
        self.rows.append(
            dict(
                what=what, figure=figure, peer=peer, ratio=ratio, bar=bar, good=good, spread=spread
            )
        )
        verdict = "" if good is None else "met" if good else "MISSED"
        shown = "" if ratio is None else f"{ratio:.2f} ×"
        if spread:
            shown += f" ({spread[0]:.2f}–{spread[1]:.2f})"
        print(f"{what:<58} {figure:>14} {peer:<22} {shown:<20} {bar:<9} {verdict}", flush=True)

    def verdict(self) -> None:
        """Which bars this run met: a busy machine misses some that a quiet one meets."""
        judged = [row for row in self.rows if row["good"] is not None]
        missed = [f"{row['what']} ({row['bar']})" for row in judged if not row["good"]]
        print(f"\n{len(judged) - len(missed)} of {len(judged)} bars met in this run.")
        for row in missed:
            print(f"  missed: {row}")

    # Rows

    def calls_against_relay(self) -> None:
        servers = {
            "the bundled example server": ([self.example], "echo"),
            "a C echo that reads nothing": ([BUILT / "echo"], "ping"),
        }
        for name, (command, tool) in servers.items():
            for depth in (1, 64):
                index = 1 if depth == 1 else 0  # the median round trip, or the mean per call

                def taken(command_line, tool_name, index=index, depth=depth):
                    return lambda: self.drive("calls", self.calls, depth, tool_name, command_line)[index]

                found = self.interleaved(
                    {
                        "relay": taken([BUILT / "relay", *command], tool),
                        "manifold": taken(self.served(command), f"u0__{tool}"),
                    }
                )
                relay, ours = (statistics.median(found[name]) for name in ("relay", "manifold"))
                pairs = list(zip(found["manifold"], found["relay"]))
                peer = f"C relay {relay / 1000:.2f} µs"
                if depth == 1:
                    what, ratio, bar = f"round trip, {name}", ours / relay, "≤ 1.20 ×"
                    spread = sorted(mine / theirs for mine, theirs in pairs)
                    figure, good = f"{ours / 1000:.2f} µs", ratio <= 1.2
                else:
                    what, ratio, bar = f"64 in flight, {name}", relay / ours, "≥ 0.55 ×"
                    spread = sorted(theirs / mine for mine, theirs in pairs)
                    figure, good = f"{ours / 1000:.2f} µs/call", ratio >= 0.55
                self.row(what, figure, peer, ratio, bar, good, (spread[0], spread[-1]))

    def calls_against_fastmcp(self) -> None:
        python = self.venvs / "fastmcp/bin/python"
        if not python.exists():
            sys.exit(f"bench: no FastMCP at {python}: run 'make venv'")
        peer_command = [python, HERE / "proxy.py", BUILT / "echo"]
        found = self.interleaved(
            {
                "peer": lambda: self.drive("calls", 200, 1, "ping", peer_command)[1],
                "manifold": lambda: self.drive(
                    "calls", self.calls, 1, "u0__ping", self.served([BUILT / "echo"])
                )[1],
            }
        )
        ours, peer = (statistics.median(found[name]) for name in ("manifold", "peer"))
        self.row(
            "round trip against a Python proxy",
            f"{ours / 1000:.2f} µs",
            f"FastMCP {peer / 1000:.0f} µs",
            ours / peer,
        )

    def allocations(self) -> bool:
        def counted(calls: int) -> int:
            command = ["env", f"LD_PRELOAD={BUILT / 'allocations.so'}", *self.served([BUILT / "echo"])]
            _, text = self.drive("calls", calls, 64, "u0__ping", command, stderr=subprocess.PIPE)
            # The upstream inherits no LD_PRELOAD; the number is the product's own.
            return int(re.findall(r"allocations (\d+)", text)[-1])

        # Each run makes a tenth more calls to warm up; the difference holds nothing else.
        few, many = counted(10_000), counted(30_000)
        per_call = (many - few) / 22_000
        good = per_call < 10.5
        self.row("heap allocations per call", f"{per_call:.2f}", "", None, "≤ 10", good)
        return good

    def first_answer(self) -> None:
        command = self.served(*[[BUILT / "echo"]] * 3)
        found = self.interleaved({"ours": lambda: self.drive("first", 1, 1, "x", command)[0]})
        ours = statistics.median(found["ours"]) / 1e6
        self.row("initialize answered after exec", f"{ours:.1f} ms", "", None, "≤ 10 ms", ours <= 10)

    def resident(self) -> None:
        command = self.served(*[[BUILT / "echo"]] * 10)
        words = [str(BUILT / "drive"), "idle", "1", "1", "x", "--", *command]
        process = subprocess.Popen(
            words,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        pid = process.stdout.readline().strip()
        status = Path(f"/proc/{pid}/status").read_text()
        size = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024
        process.communicate("\n")
        self.row("resident with ten idle upstreams", f"{size:.1f} MB", "", None, "≤ 15 MB", size <= 15)

    def lists(self) -> None:
        for upstreams in (1, 10, 50):
            for tools in (10, 100, 1000):
                if upstreams * tools > 10_000:
                    continue
                command = self.served(*[[self.example, "--tools", str(tools)]] * upstreams)
                self.drive("list", 1, 1, "x", command)  # once, so that everything is known
                time, size = self.drive("list", 20, 1, "x", command)
                bar, good = ("≤ 5 ms", time <= 5e6) if (upstreams, tools) == (50, 100) else ("", None)
                self.row(
                    f"tools/list, {upstreams} × {tools} tools once known",
                    f"{time / 1e6:.2f} ms",
                    f"{size / 1e6:.2f} MB",
                    None,
                    bar,
                    good,
                )

    def scanner(self, program: Path) -> None:
        done = subprocess.run(
            ["taskset", "-c", CORE, program], stdout=subprocess.PIPE, text=True, check=True
        )
        for line in done.stdout.splitlines():
            what, size, rate = line.rsplit(" ", 2)
            least = 1.0 if "small" in what else 2.0
            self.row(
                f"scanner, {what}",
                f"{float(rate):.2f} GB/s",
                f"{int(size):,} bytes",
                None,
                f"≥ {least:.0f} GB/s",
                float(rate) >= least,
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("manifold", type=Path)
    parser.add_argument("venvs", type=Path)
    parser.add_argument("scanner", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true", help="one run each, fewer calls")
    words = parser.parse_args()
    compiled()
    runs, calls = (1, 5_000) if words.quick else (5, 20_000)
    bench = Bench(words.manifold.resolve(), words.venvs.resolve(), runs, calls)
    bench.heading()
    bench.calls_against_relay()
    bench.calls_against_fastmcp()
    web.rows(bench, BUILT, CORE)
    plugins.rows(bench, BUILT, CORE)
    dropin.rows(bench, BUILT, CORE)
    bridge.rows(bench, BUILT, CORE)
    good = bench.allocations()
    bench.first_answer()
    bench.resident()
    bench.lists()
    bench.scanner(words.scanner.resolve())
    bench.verdict()
    if words.json:
        print(json.dumps(bench.rows))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
