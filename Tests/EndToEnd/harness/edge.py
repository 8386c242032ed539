"""The path that leads from a client of AgentCore to one container, and nothing else of the service."""

import asyncio
import contextlib
import re
from urllib.parse import urlsplit

TARGET = re.compile(rb"^POST /runtimes/([^/ ]+)/invocations(\?[^ ]*)? ")


class Edge:
    """Listens, and passes each request on to one container."""

    def __init__(self, url: str):
        self.place = urlsplit(url)
        self.url, self.heads = "", []
        self._server = None
        self._tasks: set = set()

    async def __aenter__(self) -> "Edge":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader, writer) -> None:
        self._tasks.add(task := asyncio.current_task())
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            await self._pass(reader, writer)
        writer.close()
        self._tasks.discard(task)

    async def _pass(self, reader, writer) -> None:
        """One request; the connection ends with its answer, as the container's does."""
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head.decode("latin-1"))
        length = int(re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)[1])
        body = await reader.readexactly(length)
        head = TARGET.sub(b"POST /invocations ", head)
        head = re.sub(rb"(?i)\r\nconnection:[^\r]*", b"", head)
        head = re.sub(rb"(?i)\r\nexpect:[^\r]*", b"", head)
        head = head.removesuffix(b"\r\n") + b"Connection: close\r\n\r\n"
        back, forth = await asyncio.open_connection(self.place.hostname, self.place.port)
        try:
            forth.write(head + body)
            while piece := await back.read(1 << 16):
                writer.write(piece)
                await writer.drain()
        finally:
            forth.close()
