"""A request as a service of these tests reads it from a connection."""

import asyncio
from dataclasses import dataclass


@dataclass
class Incoming:
    verb: str
    target: str
    #: In their order, names in lower case.
    headers: list[tuple[str, str]]
    body: bytes
    #: All of it as it came.
    raw: bytes


async def incoming(reader: asyncio.StreamReader) -> Incoming:
    """The next request; raises `IncompleteReadError` at the end of the connection."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head[:-4].decode("latin-1").split("\r\n")
    headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    body = await reader.readexactly(int(dict(headers).get("content-length") or 0))
    verb, target, _ = first.split(" ")
    return Incoming(verb, target, headers, body, head + body)
