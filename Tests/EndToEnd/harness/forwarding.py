"""A request of the test's, sent on to a server that really runs, byte for byte as it is told."""

import asyncio
import contextlib
from urllib.parse import SplitResult


@contextlib.asynccontextmanager
async def forwarded(there: SplitResult, headers, body: bytes):
    """The status, the fields (in lower case) and the parts of the body, as they come."""
    reader, writer = await asyncio.open_connection(there.hostname, there.port)
    try:
        lines = [f"POST {there.path} HTTP/1.1", f"Host: {there.netloc}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers]
        lines.append(f"Content-Length: {len(body)}")
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        yield int(head[0].split(" ")[1]), fields, _pieces(reader, fields)
    finally:
        writer.close()


async def _pieces(reader, fields):
    if fields.get("transfer-encoding") != "chunked":
        while piece := await reader.read(1 << 16):
            yield piece
        return
    while size := int(await reader.readline(), 16):
        yield await reader.readexactly(size)
        await reader.readline()
