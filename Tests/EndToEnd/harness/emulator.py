"""The emulator of AgentCore, and requests to it in bytes, signed by botocore."""

import asyncio
import http.client
import json
import urllib.parse
from dataclasses import dataclass

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from .door import JudgedDoor
from .limits import PATIENCE
from .signatures import Keys
from .world import SERVERS, World, product, venv

KEY = ("AKIAEMULATEDEXAMPLE0", "emulated/secret/key/for/this/machine/only")
BOTH = "application/json, text/event-stream"
SESSION = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"


@dataclass
class Answer:
    status: int
    fields: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self) -> str:
        return self.fields.get("x-amzn-errortype", "")


class Emulator:
    """One `manifold emulate` at a port of its own."""

    def __init__(self, world: World, listener):
        self.world, self.listener, self.base = world, listener, listener.url
        #: Where the product asks it, so that not only the emulator judges what the product signs.
        self.door = ""
        self.host = urllib.parse.urlsplit(self.base).netloc

    @classmethod
    async def start(cls, world: World, **settings) -> "Emulator":
        path = world.home / f"emulator-{len(world.listeners)}.yaml"
        path.write_text(json.dumps({"port": 0, **settings}))
        listener = await world.listen([product(), "emulate", "--config", str(path), "--log-level", "debug"])
        emulator = cls(world, listener)
        door = await JudgedDoor(emulator.host, Keys(*KEY)).open()
        world.doors.append(door)
        emulator.door = door.base
        return emulator

    @staticmethod
    def arn(name: str) -> str:
        return f"arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/{name}-emulated00"

    # Requests

    def path(self, name: str, operation: str = "invocations", qualifier: str | None = None) -> str:
        query = f"?qualifier={qualifier}" if qualifier else ""
        return f"/runtimes/{urllib.parse.quote(self.arn(name), safe='')}/{operation}{query}"

    def signed(self, method: str, path: str, body: bytes, fields: dict, key=KEY) -> dict:
        request = AWSRequest(method, self.base + path, data=body, headers={**fields, "Host": self.host})
        SigV4Auth(Credentials(*key), "bedrock-agentcore", "us-east-1").add_auth(request)
        return dict(request.headers.items())

    def open(self, method: str, path: str, body: bytes = b"", fields: dict | None = None, key=KEY):
        """Sends a request; what comes back is read by whoever asks."""
        fields = dict(fields or {})
        if key:
            fields = self.signed(method, path, body, fields, key)
        connection = http.client.HTTPConnection(self.host, timeout=3 * PATIENCE)
        connection.request(method, path, body or None, fields)
        return connection.getresponse()

    async def request(self, method: str, path: str, body: bytes = b"", fields=None, key=KEY) -> Answer:
        def ask() -> Answer:
            response = self.open(method, path, body, fields, key)
            with response:
                return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())

        return await asyncio.to_thread(ask)

    async def invoke(self, name: str, method: str = "look", *, session=None, fields=None, key=KEY, **more) -> Answer:
        """One call of an MCP runtime."""
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": more.pop("params", {})}
        fields = {"Content-Type": "application/json", "Accept": BOTH, **(fields or {})}
        if session:
            fields["Mcp-Session-Id"] = session
        return await self.request("POST", self.path(name, **more), json.dumps(message).encode(), fields, key)

    # What is inside

    async def fault(self, kind: str, **more) -> None:
        answer = await self.request(
            "POST", "/_emulator/faults", json.dumps({"kind": kind, **more}).encode(), key=None
        )
        assert answer.status == 200, answer.body

    async def state(self, name: str) -> dict:
        return (await self.request("GET", "/_emulator/state", key=None)).json["runtimes"][name]


def container(world: World, options: dict | None = None, **settings) -> dict:
    """A runtime that does what it is told."""
    return {
        "command": [venv("v2"), "-S", "-E", str(SERVERS / "container.py"), json.dumps(options or {})],
        "env": {"WITNESS": world.witness.path},
        **settings,
    }


def sdk(world: World, *arguments: str, **settings) -> dict:
    """A runtime whose program is written with mcp 1.x."""
    return {
        "command": [venv("v1"), str(SERVERS / "sdk.py"), "x", "http", *arguments],
        "env": {"WITNESS": world.witness.path},
        **settings,
    }
