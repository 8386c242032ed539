"""The programs that the product stands in for, and the service that they speak to.

`Edge` is one runtime of AgentCore, made of bytes; every signature that arrives is judged by botocore. `Program` is
whoever is put before it: the product under the original's name, or the original, so that a case is known to be true.
"""

import contextlib
import os
from pathlib import Path
from urllib.parse import quote

from .peer import Peer
from .signatures import Judge, Refused
from .upstream import Call, Upstream
from .world import World, product, venv

REGION = "us-west-2"
ARN = f"arn:aws:bedrock-agentcore:{REGION}:123456789012:runtime/weather-AbCdEfGhIj"
RUNTIME_SESSION = "x-amzn-bedrock-agentcore-runtime-session-id"
EVENTS = "text/event-stream"


def refused(status: int, kind: str, words: str, **headers):
    """A script: the service refuses."""

    async def script(call: Call) -> None:
        await call.json({"message": words}, status, x_amzn_ErrorType=kind, **headers)

    return script


def answered(body: bytes, kind: str = "application/json", status: int = 200, **headers):
    """A script: exactly these bytes."""

    async def script(call: Call) -> None:
        await call.head(status, kind, len(body), **headers)
        await call.raw(body)

    return script


class Edge(Upstream):
    """One runtime; its server keeps no session unless a test says otherwise."""

    def __init__(self, arn: str = ARN):
        super().__init__()
        self.arn, self.judge, self.query = arn, Judge(), ""
        #: Whether the server names its sessions itself and knows no others.
        self.stateful = False
        self.lets_in = True

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def path(self) -> str:
        return f"/runtimes/{quote(self.arn, safe='')}/invocations{self.query}"

    async def _answer(self, call: Call) -> None:
        # Named by the standard's own letters, whatever a script then does with it.
        assert (call.verb, call.path) == ("POST", self.path), f"{call.verb} {call.path}"
        try:
            call.signed_for = self.judge.check(call.verb, call.path, call.headers, call.body)
        except Refused as refusal:
            if refusal.wrong:
                self.failures.append(AssertionError(f"a wrong signature: {call.path}"))
            if self.lets_in:
                self.calls.append(call)
                return await refused(403, refusal.kind, refusal.words)(call)
        if isinstance(call.message, list):
            call.batch, call.message = call.message, {}
        await super()._answer(call)

    async def usual(self, call: Call) -> None:
        session = call.header("mcp-session-id")
        if self.stateful and call.method == "initialize" and session is None:
            self.sessions.append(f"stateful-{len(self.sessions)}")
            session = self.sessions[-1]
        elif self.stateful and session not in self.sessions:
            return await call.json(call.error(-32600, "Session not found"), 404)
        more = {"Mcp_Session_Id": session} if session else {}
        match call.method:
            case "initialize":
                result = {
                    "protocolVersion": call.message["params"]["protocolVersion"],
                    "capabilities": {"tools": {}},
                    "serverInfo": {"name": "weather", "version": "1"},
                }
                await call.json(call.response(result), **more)
            case "tools/call":
                await call.json(call.run(), **more)
            case _ if "id" in call.message and "method" in call.message:
                await call.json(call.response({"method": call.method}), **more)
            case _:
                await call.json(None, 202, **more)


class Program:
    """A program under a name, started in a world."""

    def __init__(self, world: World, kind: str, name: str = "mcp-agentcore-proxy"):
        self.world, self.kind, self.name = world, kind, name
        self.is_ours = kind == "manifold"

    @property
    def path(self) -> str:
        if not self.is_ours:
            return venv("aws" if self.name == "mcp-agentcore-proxy" else "awsproxy", self.name)
        folder = Path(self.world.home) / "bin"
        folder.mkdir(exist_ok=True)
        link = folder / self.name
        with contextlib.suppress(FileExistsError):
            os.symlink(product(), link)
        return str(link)

    def variables(self, edge: "Edge | None", **more: str | None) -> dict[str, str]:
        """What it is told; None takes a variable away."""
        told = {
            "AGENTCORE_AGENT_ARN": edge.arn if edge else ARN,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        if edge:
            told |= {"AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": edge.base, **edge.judge.keys[0].environment}
        told |= more
        return {name: value for name, value in told.items() if value is not None}

    async def start(self, edge: "Edge | None", *words: str, **more: str | None) -> Peer:
        return await self.world.start([self.path, *words], env=self.variables(edge, **more))

    async def run(self, edge: "Edge | None", *words: str, input: bytes = b"", **more: str | None):
        """Runs it to its end: (exit code, stdout, stderr)."""
        return await self.world.execute(
            [self.path, *words], input=input, env=self.variables(edge, **more)
        )
