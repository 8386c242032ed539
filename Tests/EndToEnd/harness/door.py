"""A door in front of a service: all bytes go through as they are, and botocore judges every signature."""

import asyncio
import contextlib

from .signatures import Judge, Keys, Refused


class JudgedDoor:
    """Passes connections on to an address; what is signed wrong is in `wrong`."""

    def __init__(self, host: str, keys: Keys):
        self.host, self.judge, self.base = host, Judge([keys]), ""
        self.wrong: list[str] = []
        self._tasks: set[asyncio.Task] = set()

    async def open(self) -> "JudgedDoor":
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", 0)
        self.base = "http://127.0.0.1:%d" % self._server.sockets[0].getsockname()[1]
        return self

    async def close(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.current_task())
        name, port = self.host.split(":")
        answers, requests = await asyncio.open_connection(name, int(port))
        back = asyncio.create_task(self._copy(answers, writer))
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    requests.write(await self._request(reader))
                    await requests.drain()
        finally:
            requests.close()
            back.cancel()
            writer.close()
            self._tasks.discard(asyncio.current_task())

    async def _request(self, reader: asyncio.StreamReader) -> bytes:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head[:-4].decode("latin-1").split("\r\n")
        headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        body = await reader.readexactly(int(dict(headers).get("content-length", 0)))
        if dict(headers).get("authorization", "").startswith("AWS4-"):
            verb, target, _ = first.split(" ")
            try:
                self.judge.check(verb, target, headers, body)
            except Refused as refused:
                self.wrong.append(f"{verb} {target}: {refused}")
        return head + body

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(1 << 16):
                writer.write(piece)
                await writer.drain()
            writer.close()
