"""Processes as the kernel sees them: who is alive, whose they are, when they end."""

import asyncio
import os
import select
import signal
import subprocess
import sys
from pathlib import Path


def alive(pid: int) -> bool:
    """Whether `pid` is a running process; a zombie nobody reaped counts as alive."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def state(pid: int) -> str:
    """The one-letter state of `pid` (`R`, `S`, `Z`, …), or an empty string when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return ""


def marked(marker: str) -> list[int]:
    """Every process whose environment mentions `marker`."""
    if sys.platform == "darwin":
        listing = subprocess.run(["ps", "-axEo", "pid=,command="], capture_output=True, text=True)
        rows = (line.split(None, 1) for line in listing.stdout.splitlines() if marker in line)
        return [int(row[0]) for row in rows if int(row[0]) != os.getpid()]
    found, needle = [], marker.encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if needle in (entry / "environ").read_bytes() and state(int(entry.name)) != "Z":
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def children(pid: int) -> list[int]:
    """The direct children of `pid`, zombies included (Linux)."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[1]
            except OSError:
                continue
            if int(parent) == pid:
                found.append(int(entry.name))
    return found


def command(pid: int) -> bytes:
    """The command line of `pid`, words ended by NUL; nothing when it is gone (Linux)."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


async def ended(pid: int) -> None:
    """Returns once `pid` has ended, whoever its parent is."""
    if hasattr(os, "pidfd_open"):
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            return
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(descriptor, over.set)
        try:
            await over.wait()
        finally:
            loop.remove_reader(descriptor)
            os.close(descriptor)
        return
    queue = select.kqueue()
    note = select.kevent(pid, select.KQ_FILTER_PROC, select.KQ_EV_ADD, select.KQ_NOTE_EXIT)
    try:
        queue.control([note], 0)
        await asyncio.to_thread(queue.control, None, 1)
    except ProcessLookupError:
        return
    finally:
        queue.close()


def end(pid: int) -> None:
    """Kills `pid` for good when it is still there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def processor_seconds(pid: int) -> float:
    """User and system time `pid` has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid: int) -> int:
    """Resident memory of `pid`."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
