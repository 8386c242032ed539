"""The programs that the product stands in for, and the service that they speak to.

`Edge` is one runtime of AgentCore, made of bytes; every signature that arrives is judged by botocore. `Program` is
whoever is put before it: the product under the original's name, or the original, so that a case is known to be true.
"""

import asyncio
import contextlib
import email.utils
import hashlib
import os
import subprocess
import tarfile
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from .forwarding import forwarded
from .incoming import incoming
from .peer import Peer
from .signatures import Judge, Keys, Refused
from .upstream import Call, Upstream
from .world import ROOT, World, product, venv

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
        #: The sessions whose machines were stopped.
        self.stopped: list[str] = []
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
        stop = self.path.replace("/invocations", "/stopruntimesession")
        assert call.verb == "POST" and call.path in (self.path, stop), f"{call.verb} {call.path}"
        try:
            call.signed_for = self.judge.check(call.verb, call.path, call.headers, call.body)
        except Refused as refusal:
            if refusal.wrong:
                self.failures.append(AssertionError(f"a wrong signature: {call.path}"))
            if self.lets_in:
                self.calls.append(call)
                date = email.utils.format_datetime(self.judge.now, usegmt=True)
                return await refused(403, refusal.kind, refusal.words, Date=date)(call)
        if call.path == stop:
            assert call.message["clientToken"]
            self.stopped.append(call.header(RUNTIME_SESSION))
            return await call.json({})
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


class ForwardingEdge(Edge):
    """One runtime whose container is a server that really runs, at a URL."""

    def __init__(self, url: str):
        super().__init__()
        self.there = urlsplit(url)

    async def usual(self, call: Call) -> None:
        names = ("content-type", "accept", "mcp-session-id", "mcp-protocol-version", RUNTIME_SESSION)
        headers = [(name, value) for name, value in call.headers if name in names]
        async with forwarded(self.there, headers, call.body) as (status, fields, pieces):
            if status == 204:
                return await call.raw(b"HTTP/1.1 204 No Content\r\n\r\n")
            session = fields.get("mcp-session-id")
            more = {"Mcp_Session_Id": session} if session else {}
            await call.head(status, fields.get("content-type"), **more)
            async for piece in pieces:
                await call.chunk(piece)
            await call.end()


class SignedServer(Upstream):
    """A server of MCP with sessions at a URL; every signature is judged, and unsigned requests are let in or not."""

    def __init__(self, wants_signatures: bool = True):
        super().__init__()
        self.judge, self.wants_signatures = Judge(), wants_signatures

    async def _answer(self, call: Call) -> None:
        try:
            self.judge.check(call.verb, call.path, call.headers, call.body)
        except Refused as refusal:
            if refusal.wrong:
                self.failures.append(AssertionError(f"a wrong signature: {call.verb} {call.path}"))
            if self.wants_signatures:
                self.calls.append(call)
                return await refused(403, refusal.kind, refusal.words)(call)
        await super()._answer(call)


#: Source distributions of the programs that the product stands in for, with the digests of their archives.
SOURCES = {
    "mcp-agentcore-proxy": ("0.1.5", "90c385880de1294640064ec084dc8f8f5da6753c53f473e139a8bfbd981a2608"),
    "mcp-proxy-for-aws": ("1.7.0", "f981ab4adb8862cdc3870decc39294c37bc37dd0f392bd98a93b3d73f7ea31dc"),
}


def source(name: str) -> Path:
    """The unpacked source distribution of a program, fetched by pip into the clone's `.cache`.

    Without a network the test is skipped, and says so; where CI is set it fails.
    """
    version, digest = SOURCES[name]
    stem = f"{name.replace('-', '_')}-{version}"
    folder = ROOT / ".cache" / "sources"
    archive, unpacked = folder / f"{stem}.tar.gz", folder / stem
    if unpacked.exists():
        return unpacked
    folder.mkdir(parents=True, exist_ok=True)
    words = [venv("v2"), "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "-d", str(folder)]
    done = subprocess.run([*words, f"{name}=={version}"], capture_output=True, text=True)
    if done.returncode != 0:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say(f"the sources of {name} {version} are not available: {done.stderr.strip()[-400:]}")
    assert hashlib.sha256(archive.read_bytes()).hexdigest() == digest, f"{archive} is not the one that is known"
    with tempfile.TemporaryDirectory(dir=folder) as fresh, tarfile.open(archive) as files:
        files.extractall(fresh, filter="data")
        with contextlib.suppress(OSError):
            os.rename(Path(fresh) / stem, unpacked)
    return unpacked


class TokenService:
    """STS, as far as these programs ask it: who has the keys, and roles."""

    IDENTITY = {
        "Account": "123456789012",
        "UserId": "AIDACKCEVSQ6C2EXAMPLE",
        "Arn": "arn:aws:iam::123456789012:user/DevUser",
    }

    def __init__(self):
        self.judge, self.asked, self.failures = Judge(), [], []
        self.identity, self.refusal = dict(self.IDENTITY), None
        self.keys = Keys("ASIAROLE", "role-secret", "role/token==")

    async def start(self) -> "TokenService":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.base = "http://127.0.0.1:%d" % self._server.sockets[0].getsockname()[1]
        return self

    async def close(self) -> None:
        self._server.close()
        assert self.failures == [], self.failures

    async def _serve(self, reader, writer) -> None:
        try:
            while True:
                asked = await incoming(reader)
                status, text = self._answer(asked.verb, asked.target, asked.headers, asked.body)
                data = text.encode()
                writer.write(b"HTTP/1.1 %d X\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % (status, len(data)) + data)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, verb, path, fields, body) -> tuple[int, str]:
        try:
            self.judge.check(verb, path, fields, body)
        except Refused as refusal:
            if refusal.wrong:
                self.failures.append(AssertionError("a wrong signature at STS"))
            return 403, self._error(refusal.kind, refusal.words)
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        self.asked.append(form)
        if self.refusal:
            return 403, self._error(*self.refusal)
        if form["Action"] == "GetCallerIdentity":
            inner = "".join(f"<{name}>{value}</{name}>" for name, value in self.identity.items())
        else:
            inner = (
                f"<Credentials><AccessKeyId>{self.keys.id}</AccessKeyId><SecretAccessKey>{self.keys.secret}"
                f"</SecretAccessKey><SessionToken>{self.keys.token}</SessionToken>"
                "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
                f"<AssumedRoleUser><Arn>{form['RoleArn']}</Arn><AssumedRoleId>A:b</AssumedRoleId></AssumedRoleUser>"
            )
        name = form["Action"]
        space = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"'
        return 200, f"<{name}Response {space}><{name}Result>{inner}</{name}Result></{name}Response>"

    def _error(self, code: str, words: str) -> str:
        return f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{words}</Message></Error></ErrorResponse>"
