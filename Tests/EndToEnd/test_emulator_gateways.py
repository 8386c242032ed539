"""`manifold emulate`: gateways, from the door to the servers behind them."""

import asyncio
import json

import pytest

from harness.emulator import BOTH, KEY, Emulator
from harness.sse import EventReader

VERSION = "2025-11-25"


class Client:
    """A client of one gateway that says what it is told."""

    def __init__(self, emulator: Emulator, name: str, key=KEY):
        self.emulator, self.path, self.key, self.session = emulator, f"/gateways/{name}/mcp", key, None

    def fields(self) -> dict:
        session = {"Mcp-Session-Id": self.session} if self.session else {}
        return {"Accept": BOTH, "Content-Type": "application/json", **session}

    async def post(self, message: dict, **more):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        return await self.emulator.request("POST", self.path, body, self.fields() | more, self.key)

    async def ask(self, method: str, **params):
        return await self.post({"id": 1, "method": method, "params": params})

    async def open(self, version: str = VERSION, capabilities=None):
        answer = await self.ask(
            "initialize",
            protocolVersion=version,
            capabilities=capabilities or {},
            clientInfo={"name": "test", "version": "1"},
        )
        self.session = answer.fields.get("mcp-session-id")
        return answer

    async def tools(self) -> list[str]:
        return [tool["name"] for tool in (await self.ask("tools/list")).json["result"]["tools"]]


@pytest.fixture
def gateway(world):
    async def start(targets=("calc",), **settings) -> Client:
        entries = {name: world.raw("few", json.dumps({"name": name, "tools": ["add", "a_b"]})) for name in targets}
        emulator = await Emulator.start(world, gateways={"maths": {"targets": entries, **settings}}, clock=100)
        return Client(emulator, "maths")

    return start


async def test_names_carry_their_target_and_three_underscores(gateway):
    client = await gateway(targets=("calc", "geo"))
    assert (await client.open()).json["result"]["serverInfo"]["name"] == "maths"
    assert client.session is None
    assert await client.tools() == ["calc___add", "calc___a_b", "geo___add", "geo___a_b"]
    called = await client.ask("tools/call", name="geo___a_b", arguments={"text": "hi"})
    assert called.fields["content-type"] == "application/json"
    assert called.json["result"]["content"][0]["text"] == "geo/a_b: hi"


async def test_without_sessions_nothing_has_to_be_opened(gateway):
    client = await gateway()
    assert await client.tools() == ["calc___add", "calc___a_b"]
    assert (await client.post({"method": "notifications/initialized"})).status == 202


async def test_lists_come_in_pages_with_the_search_tool_first(gateway):
    client = await gateway(pageSize=2, search=True)
    first = (await client.ask("tools/list")).json["result"]
    assert [tool["name"] for tool in first["tools"]] == ["x_amz_bedrock_agentcore_search", "calc___add"]
    rest = (await client.ask("tools/list", cursor=first["nextCursor"])).json["result"]
    assert [tool["name"] for tool in rest["tools"]] == ["calc___a_b"] and "nextCursor" not in rest
    found = await client.ask(
        "tools/call", name="x_amz_bedrock_agentcore_search", arguments={"query": "to add things"}
    )
    tools = found.json["result"]["structuredContent"]["tools"]
    assert [tool["name"] for tool in tools] == ["calc___add"]


async def test_a_session_is_needed_known_and_its_owner_s(gateway):
    client = await gateway(sessions="1 h")
    assert (await client.ask("tools/list")).status == 400
    opened = await client.open()
    assert opened.status == 200 and client.session
    assert await client.tools()
    other = Client(client.emulator, "maths")
    other.session = "nobody"
    assert (await other.ask("tools/list")).status == 404
    found = await client.emulator.request("GET", "/credentials", fields={"Authorization": "emulated-container-token"}, key=None)
    other.key = (found.json["AccessKeyId"], found.json["SecretAccessKey"], found.json["Token"])
    other.session = client.session
    assert (await other.ask("tools/list")).status == 404


async def test_a_session_ends_however_much_it_is_used(gateway):
    client = await gateway(sessions="60 s")
    await client.open()

    async def used_up():
        while (answer := await client.ask("ping")).status == 200:
            pass
        return answer.status

    assert await asyncio.wait_for(used_up(), 30) == 404
    assert (await client.open()).status == 200


async def test_only_its_versions_are_spoken(gateway):
    client = await gateway(versions=["2025-06-18"])
    assert (await client.open("2025-11-25")).json["result"]["protocolVersion"] == "2025-06-18"
    refused = await client.post({"id": 1, "method": "ping"}, **{"Mcp-Protocol-Version": "2025-11-25"})
    assert refused.json["error"]["code"] == -32006 and "Unsupported MCP protocol version" in refused.json["error"]["message"]


async def test_the_newest_revision_needs_no_handshake(gateway):
    client = await gateway(pageSize=1)
    meta = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    answer = await client.ask("tools/list", _meta=meta)
    assert [tool["name"] for tool in answer.json["result"]["tools"]] == ["calc___add"]
    assert answer.json["result"]["nextCursor"]


async def test_policies_and_throttling_have_codes_of_their_own(gateway):
    client = await gateway(deny=["calc___a*b"])
    denied = await client.ask("tools/call", name="calc___a_b", arguments={})
    assert denied.json["error"]["code"] == -32002
    await client.emulator.fault("throttle", target="maths", delay="7 s")
    slow = await client.ask("tools/list")
    assert slow.json["error"]["code"] == -32003 and slow.json["error"]["data"]["retryAfter"] == 7
    assert await client.tools()


async def test_progress_and_questions_stream_where_streams_are_on(world):
    entry = {"kinds": world.raw("kinds")}
    gateways = {
        "live": {"targets": entry, "streaming": True, "sessions": "8 h"},
        "quiet": {"targets": entry},
    }
    emulator = await Emulator.start(world, gateways=gateways)
    call = {"name": "kinds___slow", "arguments": {"steps": 2}, "_meta": {"progressToken": 5}}
    live, quiet = Client(emulator, "live"), Client(emulator, "quiet")
    await live.open(capabilities={"roots": {}})
    answer = await live.ask("tools/call", **call)
    assert answer.fields["content-type"] == "text/event-stream"
    messages = [json.loads(event.data) for event in EventReader().feed(answer.body)]
    assert [each["params"]["progress"] for each in messages if each.get("method", "").endswith("progress")] == [1, 2]
    assert messages[-1]["id"] == 1
    plain = await quiet.ask("tools/call", **call)
    assert plain.fields["content-type"] == "application/json" and plain.json["result"]

    body = {"id": 2, "method": "tools/call", "params": {"name": "kinds___ask", "arguments": {"method": "roots/list"}}}
    text = json.dumps({"jsonrpc": "2.0", **body}).encode()
    stream = await asyncio.to_thread(emulator.open, "POST", live.path, text, live.fields())
    question = json.loads(EventReader().feed(await asyncio.to_thread(stream.read1))[0].data)
    assert question["method"] == "roots/list"
    answered = await live.post({"id": question["id"], "result": {"roots": [{"uri": "file:///x"}]}})
    assert answered.status == 202
    assert b"file:///x" in await asyncio.to_thread(stream.read)
    stream.close()


async def test_tokens_open_a_gateway_and_say_where_they_come_from(world):
    targets = {"calc": world.raw("few")}
    emulator = await Emulator.start(world, gateways={"crm": {"targets": targets, "auth": "jwt"}})
    client = Client(emulator, "crm", key=None)
    refused = await client.ask("tools/list")
    where = f"{emulator.base}/gateways/crm/.well-known/oauth-protected-resource"
    assert (refused.status, refused.fields["www-authenticate"]) == (401, f'Bearer resource_metadata="{where}"')
    metadata = await emulator.request("GET", where.removeprefix(emulator.base), key=None)
    assert metadata.json["authorization_servers"] == [f"{emulator.base}/issuer"]
    form = b"grant_type=client_credentials&client_id=demo&client_secret=demo-secret"
    granted = await emulator.request("POST", "/issuer/oauth2/token", form, key=None)
    answer = await client.post(
        {"id": 1, "method": "tools/list"}, Authorization=f"Bearer {granted.json['access_token']}"
    )
    assert answer.json["result"]["tools"][0]["name"] == "calc___echo"
    assert (await emulator.request("GET", client.path, key=None)).status == 405
