"""An HTTP upstream in the test's own process, made of bytes: obedient until a test scripts a fault.

It runs beside the test, so that a fault is a function of the test file and what ran is a list.
"""

import asyncio
import contextlib
import itertools
import json
import socket
import struct

from . import sse
from .eras import META, MODERN, NEWEST
from .incoming import incoming
from .limits import soon

JSON, EVENTS = "application/json", "text/event-stream"


def text(value: str) -> dict:
    return {"content": [{"type": "text", "text": value}]}


class Dropped(Exception):
    """A script ended its connection."""


class Call:
    """One HTTP request as it came, and the means to answer it well or badly."""

    def __init__(self, upstream: "Upstream", connection: int, reader, writer, verb: str, path: str):
        self.upstream, self.connection, self.verb, self.path = upstream, connection, verb, path
        self.reader, self.writer = reader, writer
        self.headers: list[tuple[str, str]] = []
        self.body, self.message, self.chunked = b"", {}, False

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name.lower()), None)

    @property
    def method(self) -> str:
        """The JSON-RPC method, or the HTTP verb of a request without a message."""
        return self.message.get("method", "response") if self.message else self.verb

    @property
    def id(self):
        return self.message.get("id")

    # Saying it right

    def response(self, result: dict, id=None) -> dict:
        """A response as this upstream's era writes it."""
        if self.upstream.modern:
            result = {"resultType": "complete", **result}
        return {"jsonrpc": "2.0", "id": self.id if id is None else id, "result": result}

    def error(self, code: int, message: str, data=None) -> dict:
        more = {} if data is None else {"data": data}
        return {"jsonrpc": "2.0", "id": self.id, "error": {"code": code, "message": message, **more}}

    def run(self, value: str = "worked") -> dict:
        """Runs the tool: what is counted. Its response."""
        self.upstream.ran.append(self.message["params"])
        return self.response(text(value))

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        with contextlib.suppress(ConnectionError):
            await self.writer.drain()

    async def head(self, status: int, kind: str | None = JSON, length: int | None = None, **headers) -> None:
        """The head of an answer; without a length the body comes in chunks."""
        lines = [f"HTTP/1.1 {status} Whatever"] + ([f"Content-Type: {kind}"] if kind else [])
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.chunked = length is None
        lines.append("Transfer-Encoding: chunked" if self.chunked else f"Content-Length: {length}")
        await self.raw("\r\n".join(lines).encode() + b"\r\n\r\n")

    async def chunk(self, data: bytes) -> None:
        await self.raw(b"%x\r\n%s\r\n" % (len(data), data))

    async def end(self) -> None:
        await self.raw(b"0\r\n\r\n")

    async def json(self, message: dict | None, status: int = 200, **headers) -> None:
        body = b"" if message is None else json.dumps(message).encode()
        await self.head(status, JSON if body else None, len(body), **headers)
        await self.raw(body)

    async def stream(self, *messages: dict, **headers) -> None:
        """A stream of these messages, left open."""
        await self.head(200, EVENTS, **headers)
        for message in messages:
            await self.event(message)

    async def event(self, message: dict | str | None, **fields) -> None:
        data = json.dumps(message) if isinstance(message, dict) else message
        await self.chunk(sse.event(data, **fields))

    # Saying it wrong

    def close(self) -> None:
        """Ends the connection as a peer does that thinks it has said everything."""
        raise Dropped(False)

    def reset(self) -> None:
        """Ends the connection as a crash does."""
        raise Dropped(True)

    async def hung_up(self) -> None:
        """Returns when the client has closed this connection."""
        rest = await soon(self.reader.read(1), "the client to hang up")
        assert rest == b"", "the client sent something while it was waiting"


class Upstream:
    """One server on a port of its own; `on` scripts what its next requests of a kind get."""

    def __init__(self, version: str = NEWEST):
        self.version, self.modern = version, version >= MODERN
        self.calls: list[Call] = []
        #: The parameters of every tool that ran.
        self.ran: list[dict] = []
        self.sessions: list[str] = []
        self.lost: set[str] = set()
        self.connections = 0
        self.failures: list[BaseException] = []
        self._scripts: dict[str, list] = {}
        self._always: dict[str, object] = {}
        self._numbers, self._wake, self._open = itertools.count(1), [], set()

    async def start(self, port: int = 0) -> "Upstream":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, limit=1 << 26)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/mcp"
        return self

    async def stop(self) -> None:
        """Goes away as a process does: nobody listens, and every connection ends."""
        self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def close(self) -> None:
        await self.stop()
        assert self.failures == [], self.failures

    # What a test says and asks

    def on(self, method: str, *scripts) -> None:
        """The next requests of this method get these scripts, one each; later ones the usual answer."""
        self._scripts.setdefault(method, []).extend(scripts)

    def always(self, method: str, script) -> None:
        """Every request of this method gets this script."""
        self._always[method] = script

    def seen(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    async def saw(self, method: str, times: int = 1) -> Call:
        """The `times`-th request of this method, as soon as it has come."""

        async def wait() -> Call:
            while len(found := self.seen(method)) < times:
                waiter = asyncio.get_running_loop().create_future()
                self._wake.append(waiter)
                await waiter
            return found[times - 1]

        seen = [call.method for call in self.calls]
        return await soon(wait(), f"{method} ×{times} at the upstream, which saw {seen}")

    # Serving

    async def _serve(self, reader, writer) -> None:
        task = asyncio.current_task()
        self._open.add(task)
        self.connections += 1
        number, reset = self.connections, False
        try:
            while (call := await self._read(number, reader, writer)) is not None:
                await self._answer(call)
        except Dropped as drop:
            reset = drop.args[0]
        except (ConnectionError, asyncio.CancelledError):
            pass
        except BaseException as failure:
            self.failures.append(failure)
        finally:
            self._open.discard(task)
            if reset:
                await self._drained(writer)
                raw = writer.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
            writer.close()

    async def _drained(self, writer) -> None:
        """What was written is with the kernel before the connection is torn."""
        writer.transport.set_write_buffer_limits(0)
        with contextlib.suppress(ConnectionError):
            await writer.drain()

    async def _read(self, number: int, reader, writer) -> Call | None:
        try:
            read = await incoming(reader)
        except asyncio.IncompleteReadError:
            return None
        call = Call(self, number, reader, writer, read.verb, read.target)
        call.headers, call.body = read.headers, read.body
        call.message = self.parsed(call.body)
        return call

    def parsed(self, body: bytes) -> dict:
        """The message that a body is."""
        return json.loads(body) if body else {}

    async def _answer(self, call: Call) -> None:
        self.calls.append(call)
        wake, self._wake = self._wake, []
        for waiter in wake:
            if not waiter.done():
                waiter.set_result(None)
        scripted = self._scripts.get(call.method)
        script = scripted.pop(0) if scripted else self._always.get(call.method)
        await self.carry(call, script)

    async def carry(self, call: Call, script) -> None:
        """Answers as a script says, or as usual without one."""
        await (script(call) if script is not None else self.usual(call))

    async def usual(self, call: Call) -> None:
        """What a correct server of this era answers."""
        await (self._modern(call) if self.modern else self._legacy(call))

    async def _legacy(self, call: Call) -> None:
        version = call.header("mcp-protocol-version")
        if version == MODERN:
            error = {"code": -32600, "message": f"Bad Request: Unsupported protocol version: {version}"}
            return await call.json({"jsonrpc": "2.0", "id": "server-error", "error": error}, 400)
        if call.method == "initialize":
            self.sessions.append(f"session-{next(self._numbers)}")
            result = {
                "protocolVersion": call.message["params"]["protocolVersion"],
                "capabilities": {"tools": {"listChanged": True}, "resources": {}, "logging": {}},
                "serverInfo": {"name": "upstream", "version": "1"},
            }
            return await call.json(call.response(result), Mcp_Session_Id=self.sessions[-1])
        session = call.header("mcp-session-id")
        if session not in self.sessions or session in self.lost:
            return await call.json(call.error(-32600, "Session not found"), 404)
        match call.verb, "id" in call.message:
            case "GET", _:
                await call.stream()
                await call.reader.read(1)
                call.close()
            case "DELETE", _:
                self.lost.add(session)
                await call.json(None)
            case _, False:
                await call.json(None, 202)
            case _:
                await self._request(call)

    async def _modern(self, call: Call) -> None:
        if call.verb != "POST":
            return await call.json(None, 405, Allow="POST")
        if call.method == "server/discover":
            result = {
                "supportedVersions": [self.version],
                "capabilities": {"tools": {"listChanged": True}, "resources": {}},
                "_meta": {META + "serverInfo": {"name": "upstream", "version": "1"}},
            }
            return await call.json(call.response({**result, **HINTS}))
        if call.method == "subscriptions/listen":
            tagged = {"_meta": {META + "subscriptionId": call.id}, "notifications": {}}
            await call.stream(
                {"jsonrpc": "2.0", "method": "notifications/subscriptions/acknowledged", "params": tagged}
            )
            await call.reader.read(1)
            call.close()
        await self._request(call)

    async def _request(self, call: Call) -> None:
        hints = HINTS if self.modern else {}
        match call.method:
            case "tools/list":
                tool = {"name": "work", "description": "Works.", "inputSchema": {"type": "object"}}
                await call.json(call.response({"tools": [tool], **hints}))
            case "tools/call":
                await call.json(call.run())
            case "resources/list":
                note = {"uri": "memo://note", "name": "note"}
                await call.json(call.response({"resources": [note], **hints}))
            case "resources/templates/list":
                await call.json(call.response({"resourceTemplates": [], **hints}))
            case "resources/read":
                contents = [{"uri": call.message["params"]["uri"], "text": "a note"}]
                await call.json(call.response({"contents": contents, **hints}))
            case "ping" | "logging/setLevel" if not self.modern:
                await call.json(call.response({}))
            case _:
                status = 404 if self.modern else 200
                await call.json(call.error(-32601, f"Method not found: {call.method}"), status)


HINTS = {"ttlMs": 0, "cacheScope": "private"}
