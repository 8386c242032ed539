"""A door in front of a service: all bytes go through as they are, and botocore judges every signature."""

import asyncio
import contextlib

from .incoming import Incoming, incoming
from .signatures import Judge, Keys, Refused


class JudgedDoor:
    """Passes connections on to an address; what is signed wrong is in `wrong`."""

    def __init__(self, host: str, keys: Keys):
        self.host, self.judge, self.base = host, Judge([keys]), ""
        self.wrong: list[str] = []
        self._tasks: set[asyncio.Task] = set()

    async def open(self) -> "JudgedDoor":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.base = "http://127.0.0.1:%d" % self._server.sockets[0].getsockname()[1]
        return self

    async def close(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(task := asyncio.current_task())
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                await self._pass(reader, writer)
        finally:
            writer.close()
            self._tasks.discard(task)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        name, port = self.host.split(":")
        answers, requests = await asyncio.open_connection(name, int(port))
        back = asyncio.create_task(self._copy(answers, writer))
        try:
            while True:
                request = await incoming(reader)
                self._judge(request)
                requests.write(request.raw)
                await requests.drain()
        finally:
            requests.close()
            back.cancel()

    def _judge(self, request: Incoming) -> None:
        if not dict(request.headers).get("authorization", "").startswith("AWS4-"):
            return
        try:
            self.judge.check(request.verb, request.target, request.headers, request.body)
        except Refused as refused:
            self.wrong.append(f"{request.verb} {request.target}: {refused}")

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(1 << 16):
                writer.write(piece)
                await writer.drain()
            writer.close()
