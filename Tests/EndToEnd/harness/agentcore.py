"""AgentCore in the test's own process: a runtime edge, gateways and an issuer, as far as a client sees them.

Every signature that arrives is judged by botocore; one that is wrong fails the test. Scripts (`on`, `always`)
stand for the service: they run once a request was let in, before any server sees it.
"""

import asyncio
import base64
import email.utils
import itertools
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from .forwarding import forwarded
from .signatures import Judge, Refused
from .upstream import JSON, Call, Upstream

REGION, ACCOUNT = "us-west-2", "123456789012"
TARGET = re.compile(r"/runtimes/([^/?]+)/(invocations|stopruntimesession)(?:\?(.*))?")
CALLER = f"arn:aws:iam::{ACCOUNT}:user/DevUser"
IDENTITY = f"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Arn>{CALLER}</Arn><UserId>AIDACKCEVSQ6C2EXAMPLE</UserId>
<Account>{ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"""
#: What a container is not shown.
KEPT = {"host", "authorization", "content-length", "connection", "x-amz-date", "x-amz-security-token"}


def arn(name: str, region: str = REGION) -> str:
    return f"arn:aws:bedrock-agentcore:{region}:{ACCOUNT}:runtime/{name}-AbCdEfGhIj"


def refused(status: int, kind: str | None, words: str, **headers):
    """A script: the service refuses, as HTTP says it."""

    async def script(call: Call) -> None:
        more = {"x_amzn_ErrorType": kind} if kind else {}
        await call.json({"message": words}, status, **more, **headers)

    return script


def error(code: int, words: str, status: int = 200, data=None, kind: str | None = None):
    """A script: the service refuses, as MCP runtimes and gateways say it."""

    async def script(call: Call) -> None:
        more = {"x_amzn_ErrorType": kind} if kind else {}
        await call.json(call.error(code, words, data), status, **more)

    return script


class Service(Upstream):
    """What runtimes and gateways have in common: who may come in."""

    def __init__(self, version: str):
        super().__init__(version)
        self.judge = Judge()
        #: Whether a signature that is no good is refused in the words of JSON-RPC.
        self.speaks_rpc = False
        #: Tokens that are let in, where tokens are.
        self.tokens: set[str] = set()

    def admits(self, call: Call, auth: str) -> tuple[int, dict, dict] | None:
        """None for who may come in; else status, body and headers."""
        given = call.header("authorization") or ""
        is_token = given.startswith("Bearer ")
        if auth == "none":
            return None
        if given and is_token != (auth == "jwt"):
            words = "Authorization method mismatch. The agent is configured for a different authorization method"
            return 403, {"message": words}, {"x_amzn_ErrorType": "AccessDeniedException"}
        if auth == "jwt":
            if given.removeprefix("Bearer ") in self.tokens:
                return None
            return 401, call.error(-32001, "Missing Authentication Token"), {"WWW_Authenticate": "Bearer"}
        try:
            self.judge.check(call.verb, call.path, call.headers, call.body)
        except Refused as refusal:
            if refusal.wrong:
                self.failures.append(AssertionError(f"a wrong signature: {call.verb} {call.path}"))
            date = email.utils.format_datetime(self.judge.now, usegmt=True)
            if self.speaks_rpc:
                return 403, call.error(-32002, refusal.words), {"Date": date}
            return 403, {"message": refusal.words}, {"x_amzn_ErrorType": refusal.kind, "Date": date}
        return None


@dataclass
class Runtime:
    """One runtime behind the edge: what it is, and what happened to it."""

    name: str
    #: `stateful`, `stateless`, or the URL of a server that really runs.
    kind: str
    auth: str = "iam"
    qualifiers: tuple = ("DEFAULT",)
    #: Session ids, which are machines.
    machines: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    #: The parameters of every tool that ran.
    ran: list[dict] = field(default_factory=list)
    #: How it says that it does not know a session.
    oblivion: tuple = (404, -32600, "Session not found")

    @property
    def arn(self) -> str:
        return arn(self.name)

    @property
    def id(self) -> str:
        return self.arn.rpartition("/")[2]

    def recycle(self) -> None:
        """Every machine goes away, as after a quarter of an hour."""
        self.machines.clear()


class Edge(Service):
    """InvokeAgentRuntime and StopRuntimeSession for any number of MCP runtimes."""

    def __init__(self, version: str = "2025-11-25"):
        super().__init__(version)
        self.runtimes: dict[str, Runtime] = {}

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def runtime(self, name: str, kind: str = "stateful", **more) -> Runtime:
        made = Runtime(name, kind, **more)
        self.runtimes[made.arn] = self.runtimes[made.id] = made
        return made

    def entry(self, runtime: Runtime, **more) -> dict:
        """An upstream entry for a runtime here."""
        return {"runtime": {"arn": runtime.arn, "endpoint": self.base, **more}}

    def parsed(self, body: bytes) -> dict:
        return super().parsed(body) if body.startswith(b"{") else {}

    # One request

    async def carry(self, call: Call, script) -> None:
        if call.path == "/":
            return await self._identity(call)
        found = TARGET.fullmatch(call.path)
        if found is None or call.verb != "POST":
            self.failures.append(AssertionError(f"no operation: {call.verb} {call.path}"))
            return await refused(404, "UnknownOperationException", "Not here")(call)
        name, operation, query = unquote(found[1]), found[2], parse_qs(found[3] or "")
        runtime = self.runtimes.get(name)
        if runtime and not name.startswith("arn:") and query.get("accountId") != [ACCOUNT]:
            runtime = None
        qualifier = query.get("qualifier", ["DEFAULT"])[0]
        if runtime is None or qualifier not in runtime.qualifiers:
            words = f"No endpoint or agent found with qualifier '{qualifier}' for agent '{name}'"
            return await refused(404, "ResourceNotFoundException", words)(call)
        if (refusal := self.admits(call, runtime.auth)) is not None:
            status, body, headers = refusal
            return await call.json(body, status, **headers)
        if operation == "stopruntimesession":
            runtime.stopped.append(call.header("x-amzn-bedrock-agentcore-runtime-session-id"))
            return await call.json({})
        accept = call.header("accept") or ""
        if JSON not in accept or "text/event-stream" not in accept:
            return await error(-32011, "Not acceptable", 406)(call)
        call.runtime = runtime
        if script is not None:
            await script(call)
        elif runtime.kind.startswith("http"):
            await self._forward(call, runtime)
        else:
            await self.serve(call)

    async def serve(self, call: Call) -> None:
        """What a server of these tests answers, on the machine that the session names."""
        runtime, session = call.runtime, call.header("mcp-session-id")
        if runtime.kind == "stateless":
            session = session or self._machine(runtime)
        elif call.method == "initialize":
            assert session is None, "a session was named to greet"
            session = self._machine(runtime)
        elif session not in runtime.machines:
            status, code, words = runtime.oblivion
            return await call.json(call.error(code, words), status)
        if call.method == "initialize":
            result = {
                "protocolVersion": call.message["params"]["protocolVersion"],
                "capabilities": {"tools": {}, "logging": {}},
                "serverInfo": {"name": runtime.name, "version": "1"},
            }
            return await call.json(call.response(result), Mcp_Session_Id=session)
        if "id" not in call.message:
            return await call.json(None, 202, Mcp_Session_Id=session)
        match call.method:
            case "tools/list":
                tool = {"name": "work", "description": "Works.", "inputSchema": {"type": "object"}}
                await call.json(call.response({"tools": [tool]}), Mcp_Session_Id=session)
            case "tools/call":
                runtime.ran.append(call.message["params"])
                await call.json(call.run(f"{runtime.name} worked"), Mcp_Session_Id=session)
            case "logging/setLevel" | "ping":
                await call.json(call.response({}), Mcp_Session_Id=session)
            case _:
                await call.json(call.error(-32601, "Method not found"), Mcp_Session_Id=session)

    async def _identity(self, call: Call) -> None:
        """GetCallerIdentity of the Security Token Service."""
        if (refusal := self.admits(call, "iam")) is not None:
            return await call.json(refusal[1], refusal[0], **refusal[2])
        assert parse_qs(call.body.decode())["Action"] == ["GetCallerIdentity"]
        body = IDENTITY.encode()
        await call.head(200, "text/xml", len(body))
        await call.raw(body)

    def _machine(self, runtime: Runtime) -> str:
        runtime.machines.append(f"{runtime.name}-machine-{len(self.calls):032}")
        return runtime.machines[-1]

    async def _forward(self, call: Call, runtime: Runtime) -> None:
        """To a server that really runs; its failures are replaced, as the service does."""
        headers = [(name, value) for name, value in call.headers if name not in KEPT]
        async with forwarded(urlsplit(runtime.kind), headers, call.body) as (status, fields, pieces):
            if status >= 400 and status != 404:
                words = f"Received error ({status}) from runtime. Please check your logs."
                return await error(-32010, words)(call)
            if call.method == "tools/call" and status == 200:
                runtime.ran.append(call.message["params"])
            session = fields.get("mcp-session-id") or call.header("mcp-session-id") or self._machine(runtime)
            if status in (202, 204):
                return await call.json(None, status, Mcp_Session_Id=session)
            await call.head(status, fields.get("content-type"), Mcp_Session_Id=session)
            async for piece in pieces:
                await call.chunk(piece)
            await call.end()


class Gateway(Service):
    """A gateway with targets whose tools it prefixes, in pages, with sessions or without."""

    SEARCH = "x_amz_bedrock_agentcore_search"

    def __init__(self, targets: dict[str, list[str]], auth: str = "iam", sessions: bool = False, page: int = 3):
        super().__init__("2025-11-25")
        self.names = [self.SEARCH] + [f"{name}___{tool}" for name, tools in targets.items() for tool in tools]
        self.auth, self.keeps_sessions, self.page = auth, sessions, page

    def entry(self, **more) -> dict:
        auth = {} if "auth" in more or self.auth == "iam" else {"auth": self.auth}
        region = {"region": REGION} if self.auth == "iam" else {}
        return {"gateway": {"url": self.url, **region, **auth, **more}}

    def expire(self) -> None:
        """The time of every session is over."""
        self.lost.update(self.sessions)

    async def carry(self, call: Call, script) -> None:
        if call.path != "/mcp" or call.verb not in ("POST", "DELETE"):
            return await call.json({"message": "Not here"}, 405)
        if (refusal := self.admits(call, self.auth)) is not None:
            status, body, headers = refusal
            return await call.json(body, status, **headers)
        await (script(call) if script is not None else self.serve(call))

    async def serve(self, call: Call) -> None:
        session, more = call.header("mcp-session-id"), {}
        if call.method == "initialize":
            if self.keeps_sessions:
                self.sessions.append(f"gateway-session-{next(self._numbers)}")
                more = {"Mcp_Session_Id": self.sessions[-1]}
            result = {
                "protocolVersion": call.message["params"]["protocolVersion"],
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "gateway", "version": "1"},
            }
            return await call.json(call.response(result), **more)
        if self.keeps_sessions and session is None:
            return await call.json(call.error(-32600, "Missing session id"), 400)
        if self.keeps_sessions and session in self.lost:
            return await call.json(call.error(-32600, "Session not found"), 404)
        if call.verb == "DELETE":
            return await call.json(None)
        if "id" not in call.message:
            return await call.json(None, 202)
        params = call.message.get("params", {})
        match call.method:
            case "tools/list":
                start = int(params.get("cursor", "0"))
                names = self.names[start : start + self.page]
                tools = [{"name": n, "description": n, "inputSchema": {"type": "object"}} for n in names]
                result = {"tools": tools}
                if start + self.page < len(self.names):
                    result["nextCursor"] = str(start + self.page)
                await call.json(call.response(result))
            case "tools/call" if params["name"] in self.names:
                await call.json(call.run(f"{params['name']} worked"))
            case _:
                await call.json(call.error(-32601, "Method not found"))


class Issuer(Upstream):
    """An authorization server: discovery, and tokens for one client's id and secret."""

    def __init__(self, *services: Service, methods: tuple = ("client_secret_basic", "client_secret_post")):
        super().__init__()
        self.services, self.methods, self.life = services, methods, 3600
        #: The proofs of the requests for a token: `basic` or `post`.
        self.proofs: list[str] = []
        self.forms: list[dict] = []
        self._serials = itertools.count(1)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def token_url(self) -> str:
        return f"{self.base}/oauth2/token"

    def jwt(self, **more) -> dict:
        return {"jwt": {"clientId": "me", "clientSecret": "hunter2", **more}}

    def parsed(self, body: bytes) -> dict:
        return {}

    def revoke(self) -> None:
        """No token of before is good any more."""
        for service in self.services:
            service.tokens.clear()

    async def carry(self, call: Call, script) -> None:
        path = urlsplit(call.path).path
        if path == "/.well-known/openid-configuration":
            document = {
                "issuer": self.base,
                "token_endpoint": self.token_url,
                "token_endpoint_auth_methods_supported": self.methods,
            }
            return await call.json(document)
        if path != "/oauth2/token":
            return await call.json({"message": "Not here"}, 404)
        form = {name: values[0] for name, values in parse_qs(call.body.decode()).items()}
        self.forms.append(form)
        given = call.header("authorization")
        self.proofs.append("basic" if given else "post")
        pair = base64.b64decode(given.split(" ")[1]).decode() if given else ""
        pair = pair or f"{form.get('client_id')}:{form.get('client_secret')}"
        if pair != "me:hunter2":
            return await call.json({"error": "invalid_client"}, 401)
        token = f"token-{next(self._serials)}"
        for service in self.services:
            service.tokens.add(token)
            if self.life < 60:
                asyncio.get_running_loop().call_later(self.life, service.tokens.discard, token)
        await call.json({"access_token": token, "token_type": "Bearer", "expires_in": self.life})
