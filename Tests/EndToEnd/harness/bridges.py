"""A client of a bridge: what it posts, and every message that comes back for it."""

import asyncio
import itertools
import json

from .limits import PATIENCE, soon
from .wire import Wire, head
from .world import product

#: What clients take: one body, or events too as the 0.1.5 proxy does.
JSON, BOTH = "application/json", "application/json, text/event-stream"
SESSION = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"
#: What a client says that replies while its streams are open.
DUPLEX = {"experimental": {"manifold/bridge": {}}}


def answer_to(question: dict, result: dict) -> dict:
    return {"jsonrpc": "2.0", "id": question["id"], "result": result}


class Exchange:
    """One POST and what came back for it."""

    def __init__(self):
        self.status, self.type, self.body = 0, "", b""
        self.messages: list[dict] = []
        self.arrived = asyncio.Event()
        self.task: asyncio.Task | None = None
        self.wire: Wire | None = None

    async def run(self, url: str, request: bytes) -> "Exchange":
        self.wire = await Wire.open(url)
        try:
            await self.wire.send(request)
            answer = await self.wire.answer(6 * PATIENCE)
            self.status, self.type = answer.status, answer.type
            if answer.type == "text/event-stream":
                async for event in answer.events():
                    self.messages.append(json.loads(event.data))
                    self.arrived.set()
            else:
                self.body = await answer.body()
                if self.status == 200 and self.body:
                    self.messages.append(json.loads(self.body))
        finally:
            self.arrived.set()
            self.wire.close()
        return self

    async def done(self, seconds: float = 3 * PATIENCE) -> "Exchange":
        return await soon(asyncio.shield(self.task), "the end of an answer", seconds)

    async def heard(self, method: str) -> dict:
        """The first message of this method, as soon as it is there."""

        async def wait() -> dict:
            while not (found := [m for m in self.messages if m.get("method") == method]):
                assert not self.task.done(), f"the exchange ended without {method}: {self.messages}"
                self.arrived.clear()
                await self.arrived.wait()
            return found[0]

        return await soon(wait(), method)

    @property
    def methods(self) -> list[str]:
        """The methods of what came, the answer being an empty one."""
        return [message.get("method", "") for message in self.messages]

    @property
    def answer(self) -> dict:
        assert self.messages, f"{self.status} {self.body[:300]!r}"
        return self.messages[-1]

    @property
    def text(self) -> str:
        return self.answer["result"]["content"][0]["text"]


class Client:
    """A client that posts to one bridge; each exchange has a connection of its own."""

    def __init__(self, url: str, accept: str = BOTH, session: str | None = "session-" + "0" * 32):
        self.url, self.accept, self.session = url, accept, session
        self._ids = itertools.count(1)

    def post(self, message: dict | bytes, accept: str | None = None) -> Exchange:
        """Posts one message; what comes back is collected meanwhile."""
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        headers = [
            ("Host", "any.example"),
            ("Content-Type", "application/json"),
            ("Accept", accept or self.accept),
            ("Content-Length", str(len(body))),
        ] + ([(SESSION, self.session)] if self.session else [])
        exchange = Exchange()
        exchange.task = asyncio.create_task(
            exchange.run(self.url, head("POST", "/invocations", headers) + body)
        )
        return exchange

    def request(self, method: str, params: dict | None = None, id=None, **options) -> Exchange:
        id = next(self._ids) if id is None else id
        return self.post({"jsonrpc": "2.0", "id": id, "method": method, "params": params or {}}, **options)

    def notify(self, method: str, params: dict | None = None) -> Exchange:
        return self.post({"jsonrpc": "2.0", "method": method} | ({"params": params} if params else {}))

    def call(self, tool: str, arguments: dict | None = None, id=None, token=None, **options) -> Exchange:
        params = {"name": tool, "arguments": arguments or {}}
        if token is not None:
            params["_meta"] = {"progressToken": token}
        return self.request("tools/call", params, id, **options)

    async def ready(self, capabilities: dict | None = None) -> dict:
        """The result of a handshake."""
        params = {
            "protocolVersion": "2025-11-25",
            "capabilities": {"sampling": {}, "elicitation": {}} | (capabilities or {}),
            "clientInfo": {"name": "tests", "version": "1"},
        }
        opened = await self.request("initialize", params).done()
        assert (await self.notify("notifications/initialized").done()).status == 204
        return opened.answer["result"]

    async def get(self, path: str, verb: str = "GET") -> tuple[int, dict | str]:
        wire = await Wire.open(self.url)
        await wire.send(head(verb, path, [("Host", "any.example"), ("Content-Length", "0")]))
        answer = await wire.answer(method=verb)
        body = await answer.body()
        wire.close()
        return answer.status, json.loads(body) if answer.type == "application/json" else body.decode()


def command(upstream: dict) -> list[str]:
    """The command of an upstream's entry."""
    return [upstream["stdio"]["command"], *upstream["stdio"]["args"]]


async def bridge(world, upstream: dict, *options: str, accept: str = BOTH, **more) -> Client:
    """`manifold bridge` in front of a server that an entry describes, nothing said yet."""
    listener = await world.listen(
        [product(), "bridge", "--listen", "127.0.0.1:0", "--log-level", "debug"]
        + [*options, "--", *command(upstream)],
        {**(upstream["stdio"].get("env") or {}), **more},
    )
    client = Client(listener.url, accept)
    client.listener = listener
    return client


async def original_by_name(world, environment: dict, accept: str = BOTH) -> Client:
    """The product under the name of the program that it replaces, with that program's environment."""
    link = world.home / "mcp-agentcore-server"
    if not link.exists():
        link.symlink_to(product())
    own = {"SERVER_HOST": "127.0.0.1", "SERVER_PORT": "0", "WITNESS": world.witness.path}
    listener = await world.listen([str(link)], {**own, **environment})
    client = Client(listener.url, accept)
    client.listener = listener
    return client
