"""The rows of plugins: what rules cost where they do nothing, what they add, what they do to others."""

import contextlib
import os
import signal
import statistics
import subprocess
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parents[1] / "Examples/plugins"

PROGRAM = ".count += 1"
DOCUMENT = '{"text":"hello there","count":7}'
#: What is said to a worker, with its context: about so many bytes.
QUESTION = 220


def rows(bench, built: Path, core: str) -> None:
    for name, source, *libraries in [
        ("pingpong", HERE / "pingpong.c", "-ljq"),
        ("refuse", SAMPLES / "refuse.c"),
    ]:
        subprocess.run(["cc", "-O2", "-o", built / name, source, *libraries], check=True)
    idle(bench, built)
    added(bench, built, core)
    crowded(bench, built)
    large(bench, built)
    killed(bench, built, core)


def rule(program: str, **more) -> dict:
    return {"jq": {"program": program, **more}}


def idle(bench, built: Path) -> None:
    """Thirty rules, none of which is about the call; differences so small need many pairs."""
    elsewhere = [
        rule(f".n = {n}", on=["request", "response"], **({"upstream": "other"} if n % 2 else {"tool": "other"}))
        for n in range(30)
    ]
    commands = {"without": bench.served([built / "echo"]), "with": bench.served([built / "echo"], plugins=elsewhere)}
    found: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(3 * bench.runs):
        # Whoever comes first in a pair has the warmer or the colder machine: each in turn.
        for name in sorted(commands, reverse=turn % 2 == 1):
            found[name].append(bench.drive("calls", bench.calls, 1, "u0__ping", commands[name])[1])
    mine, other = (statistics.median(found[name]) for name in ("with", "without"))
    pairs = sorted(a / b for a, b in zip(found["with"], found["without"]))
    bench.row(
        "round trip, thirty rules that are about other calls", f"{mine / 1000:.2f} µs",
        f"without {other / 1000:.2f} µs", mine / other, "≤ 1.02 ×", mine / other <= 1.02, (pairs[0], pairs[-1]),
    )  # fmt: skip


def added(bench, built: Path, core: str) -> None:
    """What a rule adds to a round trip, against a message to another process and back."""

    def median(*words) -> float:
        done = subprocess.run(
            ["taskset", "-c", core, built / "pingpong", str(bench.calls), *map(str, words)],
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        return float(done.stdout)

    def trip(command: list) -> float:
        return bench.drive("calls", bench.calls // 2, 1, "u0__ping", command)[1]

    program = {"executable": {"command": str(built / "refuse"), "args": ["never said"]}}
    served = {
        name: bench.served([built / "echo"], plugins=plugins)
        for name, plugins in [("none", []), ("jq", [rule(PROGRAM)]), ("program", [program])]
    }
    measures = {name: lambda command=command: trip(command) for name, command in served.items()}
    measures["ping"] = lambda: median(QUESTION)
    measures["libjq"] = lambda: median(PROGRAM, DOCUMENT)
    found = bench.interleaved(measures)
    ping, libjq = (statistics.median(found[name]) for name in ("ping", "libjq"))
    for name, what, peer, words in [
        ("jq", "a small jq rule adds", ping + libjq, "ping-pong and libjq"),
        ("program", "a program in C as a plugin adds", ping, "ping-pong"),
    ]:
        mine = statistics.median(a - b for a, b in zip(found[name], found["none"]))
        bench.row(
            what, f"{mine / 1000:.2f} µs", f"{words} {peer / 1000:.2f} µs", mine / peer, "≤ 1.50 ×",
            mine / peer <= 1.5,
        )  # fmt: skip


def crowded(bench, built: Path) -> None:
    """Whether calls that wait for one worker or program keep each other busy."""
    program = {"executable": {"command": str(built / "refuse"), "args": ["never said"]}}
    for what, plugin in [("a small jq rule", rule(PROGRAM)), ("a program in C", program)]:
        command = bench.served([built / "echo"], plugins=[plugin])
        found = bench.interleaved(
            {
                "alone": lambda: bench.drive("calls", bench.calls // 2, 1, "u0__ping", command)[1],
                "many": lambda: bench.drive("calls", bench.calls, 64, "u0__ping", command)[0],
            }
        )
        alone, many = (statistics.median(found[name]) / 1000 for name in ("alone", "many"))
        bench.row(f"64 in flight through {what}", f"{many:.1f} µs/call", f"one alone {alone:.1f} µs", many / alone)


def large(bench, built: Path) -> None:
    """Calls beside others that answer with a megabyte, which a rule reads or does not."""
    cores = ",".join(map(str, sorted(os.sched_getaffinity(0))))
    mask = rule('if .content then . else error end', on="response", tool="big")
    commands = {"without": bench.served([built / "echo"]), "with": bench.served([built / "echo"], plugins=[mask])}

    def measure(command):
        # The rule works in a process of its own, for which there is a second core.
        return lambda: bench.drive(
            "calls", bench.calls, 1, "u0__ping", command, env={"BESIDE": "u0__big"}, cores=cores
        )[2]

    found = bench.interleaved({name: measure(command) for name, command in commands.items()})
    mine, other = (statistics.median(found[name]) for name in ("with", "without"))
    bench.row(
        "p99 of calls beside 1 MB results through a rule", f"{mine / 1000:.0f} µs",
        f"no rule {other / 1000:.0f} µs", mine / other, "≤ 1.20 ×", mine / other <= 1.2,
    )  # fmt: skip


def killed(bench, built: Path, core: str) -> None:
    """Calls through one of thirty rules while two hundred workers are killed, one after another."""
    rules = [rule(PROGRAM, tool="ping" if n == 7 else f"other_{n}") for n in range(30)]
    command = bench.served([built / "echo"], plugins=rules)
    calls = 5 * bench.calls
    words = ["taskset", "-c", core, built / "drive", "calls", calls, 1, "u0__ping", "--", *command]
    with subprocess.Popen(
        [str(word) for word in words], env=bench.environment, stdout=subprocess.PIPE, text=True,
        stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        process.stdout.readline()  # The warm-up is over.
        count = kill(process, 200)
        numbers = [float(word) for word in process.stdout.readline().split()]
    median, p99, slowest = numbers[1:]
    good = count == 200 and slowest - median <= 5e6
    bench.row(
        f"slowest call while {count} workers are killed, thirty rules", f"{slowest / 1e6:.2f} ms",
        f"p99 {p99 / 1e6:.2f} ms, median {median / 1e6:.2f}", None, "≤ +5 ms", good,
    )  # fmt: skip


def kill(process: subprocess.Popen, most: int) -> int:
    """Kills workers of the product that a driver has started; how many, before the driver was done."""
    template = next(pid for product in children(process.pid) for pid in children(product) if is_template(pid))
    count, last = 0, None
    while count < most and process.poll() is None:
        workers = [pid for pid in children(template) if pid != last]
        if not workers:
            time.sleep(0.0002)
            continue
        last = workers[count % len(workers)]
        with contextlib.suppress(ProcessLookupError):
            os.kill(last, signal.SIGKILL)
            count += 1
        while last in children(template) and process.poll() is None:
            time.sleep(0.0002)
    return count


def children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def is_template(pid: int) -> bool:
    return b"--jq-template" in Path(f"/proc/{pid}/cmdline").read_bytes()
