"""What upstream servers report to the test directly, beside the protocol.

A datagram outlives its sender, so a server can say what it is about to do and then die.
"""

import asyncio
import json
import socket
from pathlib import Path

from .limits import soon


class Witness:
    """Collects what servers tell it and lets tests wait for it."""

    def __init__(self, path: Path):
        self.path = str(path)
        self.facts: list[dict] = []
        self._waiters: list[asyncio.Future] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self._socket.bind(self.path)
        self._socket.setblocking(False)
        asyncio.get_running_loop().add_reader(self._socket, self._collect)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def _collect(self) -> None:
        while True:
            try:
                self.facts.append(json.loads(self._socket.recv(1 << 20)))
            except BlockingIOError:
                break
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    def all(self, event: str, **facts) -> list[dict]:
        """Every report of `event` so far that carries these facts."""
        self._collect_now()
        wanted = {"event": event, **facts}
        return [f for f in self.facts if all(f.get(k) == v for k, v in wanted.items())]

    def count(self, event: str, **facts) -> int:
        return len(self.all(event, **facts))

    def _collect_now(self) -> None:
        if self._socket.fileno() >= 0:
            self._collect()

    async def saw(self, event: str, times: int = 1, **facts) -> dict:
        """The `times`-th report of `event`, as soon as there is one."""

        async def wait() -> dict:
            while len(found := self.all(event, **facts)) < times:
                waiter = asyncio.get_running_loop().create_future()
                self._waiters.append(waiter)
                await waiter
            return found[times - 1]

        try:
            return await soon(wait(), f"the upstream to report {event} {facts or ''} ×{times}")
        except AssertionError as failure:
            raise AssertionError(f"{failure}\n--- it reported: {self.facts[-12:]}") from None
