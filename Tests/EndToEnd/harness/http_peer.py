"""A raw MCP client over Streamable HTTP, of either era: statuses, headers and streams are seen.

Every exchange has a connection of its own, every frame is kept, and nothing typed stands between
a test and the bytes.
"""

import asyncio
import contextlib
import itertools
import json
from urllib.parse import urlsplit

from .eras import ALL, MODERN, NAMED, NEWEST, envelope
from .limits import PATIENCE, soon
from .peer import Refused
from .schema import Frames
from .wire import Answer, Closed, Wire, head

def overlaid(headers: list[tuple[str, str]], more: dict | list | None) -> list[tuple[str, str]]:
    """The headers with some replaced, added or, by None, taken away; a list adds lines as they are."""
    if isinstance(more, list):
        return headers + more
    gone = {name.lower() for name in more or {}}
    kept = [(name, value) for name, value in headers if name.lower() not in gone]
    return kept + [(name, value) for name, value in (more or {}).items() if value is not None]


class Exchange:
    """One HTTP request and everything that came back for it."""

    def __init__(self, peer: "HttpPeer", id, method: str | None):
        self.peer, self.id, self.method = peer, id, method
        self.status: int | None = None
        self.headers: list[tuple[str, str]] = []
        self.body = b""
        self.events: list = []
        self.messages: list[dict] = []
        self.finished, self.failure = False, None
        self._asked_for = 0
        self._wake: list[asyncio.Future] = []
        self.wire: Wire | None = None
        self.task: asyncio.Task | None = None

    # What comes in

    async def run(self, request: bytes, verb: str) -> None:
        try:
            self.wire = await Wire.open(self.peer.url)
            await self.wire.send(request)
            await self._receive(await self.wire.answer(10 * PATIENCE, verb))
        except (Closed, ConnectionError, AssertionError) as failure:
            self.failure = failure
        finally:
            self.finished = True
            self._ring()
            if self.wire is not None:
                self.wire.close()

    async def _receive(self, answer: Answer) -> None:
        self.status, self.headers = answer.status, answer.headers
        self._ring()
        if answer.type == "text/event-stream":
            async for event in answer.events():
                self.events.append(event)
                if event.data:
                    self._take(json.loads(event.data))
            return
        self.body = await answer.body()
        if answer.type == "application/json" and self.body:
            self._take(json.loads(self.body))

    def _take(self, message) -> None:
        for one in message if isinstance(message, list) else [message]:
            self.messages.append(one)
            self.peer.take(self, one)
        self._ring()

    def _ring(self) -> None:
        wake, self._wake = self._wake, []
        for waiter in wake:
            if not waiter.done():
                waiter.set_result(None)

    # What a test asks for

    async def _until(self, test, what: str, seconds: float = PATIENCE):
        async def wait():
            while not (found := test()):
                if self.finished:
                    raise AssertionError(f"the exchange ended before {what}\n{self.story()}") from self.failure
                waiter = asyncio.get_running_loop().create_future()
                self._wake.append(waiter)
                await waiter
            return found

        try:
            return await soon(wait(), what, seconds)
        except AssertionError as failure:
            raise AssertionError(f"{failure}\n{self.story()}") from failure.__cause__

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name.lower()), None)

    @property
    def type(self) -> str:
        return (self.header("content-type") or "").partition(";")[0].strip()

    def response(self) -> dict | None:
        """The response to this request, when it has come."""
        found = [m for m in self.messages if "method" not in m and repr(m.get("id", ())) == repr(self.id)]
        return found[0] if found else None

    async def begun(self, seconds: float = PATIENCE) -> "Exchange":
        """This exchange, its status and headers known."""
        await self._until(lambda: self.status, "the head of the answer", seconds)
        return self

    async def done(self, seconds: float = PATIENCE) -> "Exchange":
        """This exchange, everything read."""
        await self._until(lambda: self.finished, "the end of the answer", seconds)
        if self.failure is not None:
            raise AssertionError(f"{self.failure}\n{self.story()}") from self.failure
        return self

    async def answer(self, seconds: float = PATIENCE) -> dict:
        return await self._until(self.response, f"an answer to id {self.id!r}", seconds)

    async def result(self, seconds: float = PATIENCE) -> dict:
        answer = await self.answer(seconds)
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["result"]

    async def error(self, seconds: float = PATIENCE) -> dict:
        """The error, by this request's id or, where it could not be read, by none."""

        def found() -> dict | None:
            return next((m for m in self.messages if "error" in m or "result" in m), None)

        message = await self._until(found, "an error", seconds)
        assert "error" in message, f"should have been refused, but got {str(message)[:400]}"
        return message["error"]

    async def next(self, what: str = "a message", seconds: float = PATIENCE) -> dict:
        """The next message of this stream that no test has asked for."""
        await self._until(lambda: len(self.messages) > self._asked_for, what, seconds)
        self._asked_for += 1
        return self.messages[self._asked_for - 1]

    async def hear(self, method: str, seconds: float = PATIENCE) -> dict:
        """The next message of this stream with this method; what came before it is passed over."""
        while (message := await self.next(method, seconds)).get("method") != method:
            continue
        return message

    def notifications(self, method: str) -> list[dict]:
        """The parameters of every notification of this kind so far."""
        return [m.get("params", {}) for m in self.messages if m.get("method") == method and "id" not in m]

    def close(self) -> None:
        """Hangs up: the cancellation of the newer era, an accident in the older one."""
        self.task.cancel()
        if self.wire is not None:
            self.wire.close()

    def story(self) -> str:
        said = "\n".join(json.dumps(message)[:400] for message in self.messages[-8:])
        return f"--- HTTP {self.status} {self.headers}\n{said or self.body[:400]}\n--- {self.failure!r}"


class HttpPeer:
    """One client of one URL: in the older era with a session, in the newer one without."""

    def __init__(self, url: str, version: str = NEWEST, *, capabilities=ALL, frames: Frames | None = None):
        self.url, self.version, self.capabilities = url, version, capabilities
        self.modern = version >= MODERN
        self.session: str | None = None
        self.negotiated: str | None = None
        self.frames = Frames(version) if frames is None else frames
        #: What questions of the server are answered with: a function of the parameters by method.
        self.answers: dict = {}
        self.heard: list[dict] = []
        self.broken: list[bytes] = []
        self.exchanges: list[Exchange] = []
        self._ids, self._chores = itertools.count(1), []
        self._wake: list[asyncio.Future] = []

    # Speaking

    def headers(self, message: dict) -> list[tuple[str, str]]:
        """What a correct client sends with this message."""
        place = urlsplit(self.url)
        lines = [
            ("Host", place.netloc),
            ("Content-Type", "application/json"),
            ("Accept", "application/json, text/event-stream"),
        ]
        if not self.modern:
            known = [("MCP-Protocol-Version", self.negotiated), ("Mcp-Session-Id", self.session)]
            return lines + [(name, value) for name, value in known if value is not None]
        params = message.get("params") or {}
        lines.append(("MCP-Protocol-Version", self.version))
        if isinstance(message.get("method"), str):
            lines.append(("Mcp-Method", message["method"]))
        key = NAMED.get(message.get("method"))
        return lines + ([("Mcp-Name", params[key])] if key in params else [])

    def post(self, message, *, headers: dict | list | None = None, checked: bool = True) -> Exchange:
        """Begins one POST of this message, or of these bytes, with the usual headers or others."""
        body = message if isinstance(message, bytes) else json.dumps(message, separators=(",", ":")).encode()
        readable = message if isinstance(message, dict) else {}
        if readable and checked:
            self.frames.note("the test", readable)
        lines = overlaid(self.headers(readable), headers)
        if not any(name.lower() in ("content-length", "transfer-encoding") for name, _ in lines):
            lines.append(("Content-Length", str(len(body))))
        return self._begin("POST", lines, body, readable.get("id"), readable.get("method"))

    def _begin(self, verb: str, lines, body: bytes, id=None, method: str | None = None) -> Exchange:
        exchange = Exchange(self, id, method)
        path = urlsplit(self.url).path or "/"
        exchange.task = asyncio.create_task(exchange.run(head(verb, path, lines) + body, verb))
        self.exchanges.append(exchange)
        return exchange

    def bare(self, verb: str, headers: dict | list | None = None) -> Exchange:
        """Begins a request without a body: GET, DELETE, and what is not allowed."""
        usual = [pair for pair in self.headers({}) if pair[0] not in ("Content-Type", "Accept")]
        accept = [("Accept", "text/event-stream")] if verb == "GET" else []
        return self._begin(verb, overlaid(usual + accept, headers), b"")

    def message(self, method: str, params: dict | None = None, *, id=None, meta: dict | None = None) -> dict:
        """One request as this era writes it."""
        params = dict(params or {})
        if self.modern or meta:
            own = envelope(self.version, self.capabilities) if self.modern else {}
            given = {**own, **(meta or {}), **params.get("_meta", {})}
            params["_meta"] = {key: value for key, value in given.items() if value is not None}
        id = next(self._ids) if id is None else id
        return {"jsonrpc": "2.0", "id": id, "method": method} | ({"params": params} if params else {})

    def begin(
        self, method: str, params: dict | None = None, *, id=None, meta=None, headers=None, checked=True
    ) -> Exchange:
        """Sends a request without waiting."""
        return self.post(self.message(method, params, id=id, meta=meta), headers=headers, checked=checked)

    async def request(self, method: str, params: dict | None = None, seconds=PATIENCE, **options) -> dict:
        """The result of one request, or `Refused`."""
        return await self.begin(method, params, **options).result(seconds)

    async def notify(self, method: str, params: dict | None = None) -> Exchange:
        """Sends a notification, which must be accepted."""
        message = {"jsonrpc": "2.0", "method": method} | ({} if params is None else {"params": params})
        exchange = await self.post(message).done()
        assert exchange.status == 202 and exchange.body == b"", exchange.story()
        return exchange

    async def reply(self, question: dict, result: dict) -> Exchange:
        """Answers a question of the server, which must be accepted."""
        answer = {"jsonrpc": "2.0", "id": question["id"], "result": result}
        self.frames.note("the test", answer, question["method"])
        exchange = await self.post(answer, checked=False).done()
        assert exchange.status == 202, exchange.story()
        return exchange

    # Hearing

    def take(self, exchange: Exchange, message: dict) -> None:
        """One message of any stream: kept, checked, and answered when it is a question with an answer."""
        answered = exchange.method if "method" not in message else None
        self.frames.note("the server", message, answered)
        self.heard.append(message)
        wake, self._wake = self._wake, []
        for waiter in wake:
            if not waiter.done():
                waiter.set_result(None)
        answer = self.answers.get(message.get("method"))
        if answer is not None and "id" in message:
            reply = self.reply(message, answer(message.get("params", {})))
            self._chores.append(asyncio.create_task(reply))

    def told(self, method: str) -> list[dict]:
        """The parameters of every notification of this kind so far, on whichever stream."""
        return [m.get("params", {}) for m in self.heard if m.get("method") == method and "id" not in m]

    def asked(self, method: str) -> list[dict]:
        """Every request of the server of this kind so far, on whichever stream."""
        return [m for m in self.heard if m.get("method") == method and "id" in m]

    async def hears(self, method: str, times: int) -> list[dict]:
        """The same as `told`, as soon as there are so many."""
        return await self._gather(lambda: self.told(method), method, times)

    async def is_asked(self, method: str, times: int) -> list[dict]:
        """The same as `asked`, as soon as there are so many."""
        return await self._gather(lambda: self.asked(method), method, times)

    async def _gather(self, found, method: str, times: int) -> list[dict]:
        async def wait() -> list[dict]:
            while len(found()) < times:
                waiter = asyncio.get_running_loop().create_future()
                self._wake.append(waiter)
                await waiter
            return found()

        return await soon(wait(), f"{method} ×{times}, of which came {len(found())}")

    # Conversation

    async def initialize(self, capabilities=None) -> dict:
        """The handshake of the older era, to its end."""
        exchange = self.begin(
            "initialize",
            {
                "protocolVersion": self.version,
                "capabilities": self.capabilities if capabilities is None else capabilities,
                "clientInfo": {"name": "raw", "version": "1"},
            },
        )
        result = await exchange.result()
        self.session, self.negotiated = exchange.header("mcp-session-id"), result["protocolVersion"]
        await self.notify("notifications/initialized")
        return result

    async def ready(self) -> "HttpPeer":
        """This client, with a session where its era has one."""
        if not self.modern:
            await self.initialize()
        return self

    def listen(self, last: str | None = None) -> Exchange:
        """The older era's stream for what the server says unasked; from an event on, what was missed."""
        return self.bare("GET", {} if last is None else {"Last-Event-ID": last})

    def begin_call(
        self, name: str, arguments: dict | None = None, *, token=None, meta=None, **options
    ) -> Exchange:
        meta = {**(meta or {}), **({} if token is None else {"progressToken": token})}
        return self.begin("tools/call", {"name": name, "arguments": arguments or {}}, meta=meta, **options)

    async def call(self, name: str, arguments: dict | None = None, seconds=PATIENCE, **options) -> dict:
        return await self.begin_call(name, arguments, **options).result(seconds)

    async def text(self, name: str, arguments: dict | None = None, **options) -> str:
        result = await self.call(name, arguments, **options)
        assert not result.get("isError"), result
        return result["content"][0]["text"]

    async def names(self, kind: str = "tools", key: str = "name") -> list[str]:
        return [item[key] for item in (await self.request(f"{kind}/list"))[kind]]

    # Ending

    async def discard(self) -> None:
        """Hangs up everywhere; an answer to a question that went wrong fails the test."""
        done = await asyncio.gather(*self._chores, return_exceptions=True)
        for exchange in self.exchanges:
            exchange.close()
        await asyncio.gather(*(e.task for e in self.exchanges), return_exceptions=True)
        with contextlib.suppress(asyncio.CancelledError):
            for outcome in done:
                assert not isinstance(outcome, AssertionError), outcome
