"""HTTP/1.1 in bytes: one connection, what is written to it and what comes back, nothing made right."""

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from .limits import PATIENCE, soon
from .sse import Event, EventReader

#: What one line or one head of an answer may have.
LIMIT = 1 << 20


class Closed(AssertionError):
    """The peer ended the connection where an answer was due."""


def head(method: str, path: str, headers: list[tuple[str, str]]) -> bytes:
    """A request's head, names and values exactly as given."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


class Answer:
    """One response: the head at once, the body as it comes."""

    def __init__(self, wire: "Wire", status: int, headers: list[tuple[str, str]], empty: bool):
        self._wire, self.status, self.headers = wire, status, headers
        self.length = 0 if empty else (self._number("content-length") if not self.chunked else None)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name.lower()), None)

    def _number(self, name: str) -> int | None:
        value = self.header(name)
        return None if value is None else int(value)

    @property
    def chunked(self) -> bool:
        return (self.header("transfer-encoding") or "").lower() == "chunked"

    @property
    def type(self) -> str:
        """The media type without its parameters."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body without its framing; `Closed` when it ends too early."""
        reader = self._wire.reader
        if self.chunked:
            while size := int((await self._wire.line()).partition(b";")[0], 16):
                while size:
                    piece = await self._wire.some(min(size, 1 << 16))
                    size -= len(piece)
                    yield piece
                assert await self._wire.line() == b"", "a chunk is longer than it says"
            while await self._wire.line():
                continue
            return
        left = self.length
        while left is None or left > 0:
            piece = await reader.read(min(left or 1 << 16, 1 << 16))
            if not piece:
                if left:
                    raise Closed(f"the body ended {left} bytes too early")
                return
            left = None if left is None else left - len(piece)
            yield piece

    async def body(self) -> bytes:
        return b"".join([piece async for piece in self.pieces()])

    async def json(self):
        return json.loads(await self.body())

    async def events(self) -> AsyncIterator[Event]:
        reader = EventReader()
        async for piece in self.pieces():
            for event in reader.feed(piece):
                yield event


class Wire:
    """One connection to one address."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, url: str) -> "Wire":
        place = urlsplit(url)
        opening = asyncio.open_connection(place.hostname, place.port, limit=LIMIT)
        return cls(*await soon(opening, f"a connection to {place.netloc}"))

    async def send(self, data: bytes) -> None:
        """Writes everything, unless the peer has stopped listening: what it answered still counts."""
        with contextlib.suppress(ConnectionError):
            self.writer.write(data)
            await self.writer.drain()

    async def line(self) -> bytes:
        try:
            return (await self.reader.readuntil(b"\n")).rstrip(b"\r\n")
        except (asyncio.IncompleteReadError, ConnectionError) as end:
            raise Closed(f"the connection ended within a line: {getattr(end, 'partial', b'')!r}") from None

    async def some(self, most: int) -> bytes:
        try:
            piece = await self.reader.read(most)
        except ConnectionError:
            piece = b""
        if not piece:
            raise Closed("the connection ended within the body")
        return piece

    async def answer(self, seconds: float = PATIENCE, method: str = "POST") -> Answer:
        """The next final response's head."""
        return await soon(self._head(method), "the head of an answer", seconds)

    async def _head(self, method: str) -> Answer:
        while True:
            first = await self.line()
            version, status, *_ = first.decode("latin-1").split(" ", 2)
            assert version.startswith("HTTP/1."), f"no status line: {first[:200]!r}"
            headers = []
            while line := await self.line():
                name, colon, value = line.decode("latin-1").partition(":")
                assert colon, f"no header: {line[:200]!r}"
                headers.append((name.lower(), value.strip()))
            if not status.startswith("1"):
                return Answer(self, int(status), headers, status in ("204", "304") or method == "HEAD")

    async def ended(self, seconds: float = PATIENCE) -> bytes:
        """What else comes until the peer closes: nothing, as a rule."""

        async def rest() -> bytes:
            found = b""
            with contextlib.suppress(ConnectionError):
                while piece := await self.reader.read(1 << 16):
                    found += piece
            return found

        return await soon(rest(), "the peer to close the connection", seconds)

    def close(self) -> None:
        self.writer.close()

    def reset(self) -> None:
        """Ends the connection as a crashed peer does."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()
