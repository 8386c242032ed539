"""`mcp-proxy-for-aws` by name: its command line, its own integration tests, and where it is better than the original."""

import json
import os

import pytest
import pytest_asyncio

from harness.dropin import Program, SignedServer, refused, source
from harness.limits import PATIENCE
from harness.signatures import Keys
from harness.world import CLIENTS, venv
from test_dropin_agentcore_flow import UNGREETED, fails

NAME = "mcp-proxy-for-aws"
SIGNING = ("--service", "bedrock-agentcore", "--region", "us-west-2")


@pytest_asyncio.fixture
async def server():
    server = await SignedServer().start()
    yield server
    await server.close()


@pytest.fixture
def ours(world) -> Program:
    return Program(world, "manifold", NAME)


@pytest.fixture(params=["manifold", "original"])
def program(request, world) -> Program:
    """Whoever the case is put to; the original takes seconds to start, so few cases are put to it."""
    return Program(world, request.param, NAME)


def keys(server, **more) -> dict:
    return {"AGENTCORE_AGENT_ARN": None, "AWS_DEFAULT_REGION": None, "AWS_REGION": "us-west-2", **server.judge.keys[0].environment, **more}


async def started(program, server, *words, **more):
    return await program.start(None, server.url, *SIGNING, *words, **keys(server, **more))


# The command line


@pytest.mark.parametrize(
    "words, says",
    [
        ([], "the following arguments are required: endpoint"),
        (["http://127.0.0.1/mcp", "--metadata", "x"], "--metadata must be in key=value format, got: x"),
        (["http://127.0.0.1/mcp", "--header", "Date=x"], "--header Date is not allowed: it is set by SigV4 signing."),
        (["http://127.0.0.1/mcp", "--retries", "11"], "argument --retries: invalid choice: 11"),
        (["http://127.0.0.1/mcp", "--read-timeout", "x"], "argument --read-timeout: 'x' is not a valid integer"),
        (["http://127.0.0.1/mcp", "--log-level", "loud"], "argument --log-level: invalid choice: 'loud'"),
        (["http://127.0.0.1/mcp", "--nonsense"], "unrecognized arguments: --nonsense"),
    ],
)
async def test_a_command_line_that_is_wrong_ends_with_2(ours, words, says):
    code, out, err = await ours.run(None, *words)
    assert (code, out) == (2, "")
    assert f"mcp-proxy-for-aws: error: {says}" in err


@pytest.mark.parametrize(
    "words, says",
    [
        (["http://example.com/mcp"], "Invalid endpoint URL 'http://example.com/mcp': HTTP is not allowed for remote"),
        (["example.com"], "missing URL scheme"),
        (["ftp://example.com"], "unsupported scheme 'ftp'"),
        (["https://example.com/mcp"], "Could not determine AWS region from endpoint"),
    ],
)
async def test_an_endpoint_that_cannot_be_used_ends_with_1(ours, words, says):
    code, out, err = await ours.run(None, *words, AWS_DEFAULT_REGION=None)
    assert (code, out) == (1, "")
    assert says in err and err.count("\n") == 1


async def test_what_is_wrong_is_said_as_the_original_says_it(program):
    code, out, err = await program.run(None, "http://127.0.0.1/mcp", "--header", "Date=x", "--retries", "3")
    assert (code, out) == (2, "")
    assert "mcp-proxy-for-aws: error: --header Date is not allowed: it is set by SigV4 signing." in err


@pytest.mark.parametrize("word", ["--help", "-h", "--version"])
async def test_help_and_version_are_printed(ours, word):
    code, out, err = await ours.run(None, word)
    assert (code, err) == (0, "") and NAME in out


async def test_an_endpoint_may_stand_behind_the_profiles(ours, server):
    folder = ours.world.home / ".aws"
    folder.mkdir()
    (folder / "config").write_text("[profile a]\nregion = us-west-2\n")
    peer = await ours.start(None, *SIGNING, "--profile", "a", server.url, "--skip-auth", **keys(server))
    server.wants_signatures = False
    assert (await peer.initialize())["serverInfo"]["name"] == "upstream"


# What is sent


async def test_requests_are_signed_for_what_the_command_line_says(program, server):
    peer = await started(program, server)
    await peer.initialize()
    assert await peer.text("work") == "worked"
    assert set(server.judge.seen) == {("AKIDEXAMPLE", "us-west-2", "bedrock-agentcore")}


async def test_the_answers_are_the_server_s_own(ours, server):
    peer = await started(ours, server)
    assert (await peer.initialize())["serverInfo"]["name"] == "upstream"
    error = await peer.refusal("completion/complete", {"ref": {}})
    assert error["message"] == "Method not found: completion/complete"


async def test_headers_are_sent_and_signed(program, server):
    peer = await started(program, server, "--header", "x-amz-tenant=a=b", "--header", "x-other=c")
    await peer.initialize()
    call = server.seen("initialize")[0]
    assert (call.header("x-amz-tenant"), call.header("x-other")) == ("a=b", "c")
    assert "x-amz-tenant" in call.header("authorization")


async def test_metadata_is_added_and_the_client_s_own_stays(ours, server):
    peer = await started(ours, server, "--metadata", "A=1", "B=x=y", AWS_REGION="eu-west-1")
    await peer.initialize()
    peer.send_line(
        '{"jsonrpc":"2.0","id":50,"method":"tools/call","params":{"name":"work","_meta":{ "B" : 2.0e1 },"z":1}}'
    )
    await peer.answer(50)
    peer.send_line('{"jsonrpc":"2.0","id":51,"method":"ping"}')
    await peer.answer(51)
    body = server.seen("tools/call")[0].body
    assert json.loads(body)["params"]["_meta"] == {"AWS_REGION": "eu-west-1", "A": "1", "B": 20.0}
    assert b'"B" : 2.0e1' in body and body.endswith(b',"z":1}}')
    assert server.seen("ping")[0].body == b'{"jsonrpc":"2.0","id":51,"method":"ping"}'


# Several profiles


AGENT = "aws___call_aws"


@pytest.fixture
def two(world, server) -> dict:
    """Two profiles, their keys, and a server with a tool that acts for an account."""
    folder = world.home / ".aws"
    folder.mkdir()
    one, other = Keys("AKIDONE", "secret-one"), Keys("AKIDOTHER", "secret-other")
    server.judge.keys = [one, other]
    sections = [
        f"[{name}]\naws_access_key_id = {keys.id}\naws_secret_access_key = {keys.secret}\n"
        for name, keys in (("one", one), ("b", other))
    ]
    (folder / "credentials").write_text("".join(sections))
    (folder / "config").write_text("[profile one]\nregion = us-west-2\n[profile b]\nregion = eu-west-1\n")

    async def script(call):
        shape = {"type": "object", "properties": {"x": {"type": "integer"}}}
        await call.json(call.response({"tools": [{"name": name, "inputSchema": shape} for name in (AGENT, "work")]}))

    server.always("tools/list", script)
    return {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None, "AWS_REGION": None}


def calls(server) -> list[tuple]:
    """Who signed each call of a tool, in which region it works, what it was given."""
    found = []
    for call in server.seen("tools/call"):
        key = call.header("authorization").partition("Credential=")[2].partition("/")[0]
        params = call.message["params"]
        found.append((key, params["_meta"]["AWS_REGION"], params["name"], params.get("arguments", {})))
    return found


async def test_a_call_may_choose_another_profile(program, server, two):
    peer = await started(program, server, "--profile", "one", "b", "one", **two)
    await peer.initialize()
    shown = {tool["name"]: tool["inputSchema"]["properties"] for tool in (await peer.request("tools/list"))["tools"]}
    assert set(shown["work"]) == {"x"} and set(shown[AGENT]) == {"x", "aws_profile"}
    words = "AWS CLI profile to sign this request with. Available profiles: b, one."
    assert shown[AGENT]["aws_profile"] == {"type": "string", "description": words, "enum": ["b", "one"]}
    for name, arguments in [
        (AGENT, {"x": 1}),
        (AGENT, {"x": 2, "aws_profile": "b"}),
        (AGENT, {"aws_profile": "one", "x": 3}),
        (AGENT, {"x": 4, "aws_profile": "b"}),
        ("work", {"aws_profile": "b", "x": 5}),
    ]:
        assert await peer.text(name, arguments) == "worked"
    assert calls(server) == [
        ("AKIDONE", "us-west-2", AGENT, {"x": 1}),
        ("AKIDOTHER", "eu-west-1", AGENT, {"x": 2}),
        ("AKIDONE", "us-west-2", AGENT, {"x": 3}),
        ("AKIDOTHER", "eu-west-1", AGENT, {"x": 4}),
        ("AKIDONE", "us-west-2", "work", {"x": 5}),
    ]
    sessions = [call.header("mcp-session-id") for call in server.seen("tools/call")]
    assert len(set(sessions)) == 2 and sessions[1] == sessions[3] and sessions[0] == sessions[2] == sessions[4]
    result = await peer.call(AGENT, {"aws_profile": "admin"})
    assert result["isError"]
    said = "Profile 'admin' is not in the allowed list. Allowed profiles: b, one"
    assert result["content"][0]["text"] == f"Tool call {AGENT!r} failed: {said}. Please retry."


async def test_another_profile_s_session_is_opened_again_and_ended(ours, server, two):
    peer = await started(ours, server, "--profile", "one", "b", **two)
    await peer.initialize()
    await peer.request("logging/setLevel", {"level": "error"})
    both = [peer.begin_call(AGENT, {"aws_profile": "b", "n": n}) for n in range(5)]
    for id in both:
        assert "result" in await peer.answer(id)
    assert len(server.sessions) == 2
    greeting = server.seen("initialize")[1].message["params"]
    assert greeting["capabilities"] == {} and greeting["_meta"]["AWS_REGION"] == "eu-west-1"
    server.lost.update(server.sessions)
    assert await peer.text(AGENT, {"aws_profile": "b"}) == "worked"
    assert len(server.sessions) == 3
    levels = [call.header("mcp-session-id") for call in server.seen("logging/setLevel")]
    assert levels == [server.sessions[0], server.sessions[1], server.sessions[2]]
    await peer.request("logging/setLevel", {"level": "debug"})
    assert await peer.text(AGENT, {"aws_profile": "b"}) == "worked"
    last = server.seen("logging/setLevel")[-1]
    assert last.header("mcp-session-id") == server.sessions[2] and last.message["params"]["level"] == "debug"
    assert await peer.stop() == 0
    await server.saw("DELETE", 2)


async def test_a_profile_that_cannot_sign_costs_only_its_calls(ours, server, two):
    peer = await started(ours, server, "--profile", "one", "nobody", **two)
    await peer.initialize()
    result = await peer.call(AGENT, {"aws_profile": "nobody"})
    assert result["isError"] and "'nobody'" in result["content"][0]["text"]
    assert await peer.text(AGENT) == "worked" and len(server.ran) == 1


# Only reading


def tools(call):
    def tool(name, **annotations):
        return {"name": name, "inputSchema": {"type": "object"}, **({"annotations": annotations} if annotations else {})}

    page = call.message.get("params", {}).get("cursor")
    if page is None:
        return call.response({"tools": [tool("work", readOnlyHint=True), tool("write")], "nextCursor": "2"})
    return call.response({"tools": [tool("erase", readOnlyHint=False), tool("look", readOnlyHint=True)]})


@pytest.mark.parametrize("lists_first", [True, False])
async def test_read_only_hides_and_refuses_what_may_write(ours, server, lists_first):
    async def script(call):
        await call.json(tools(call))

    server.always("tools/list", script)
    peer = await started(ours, server, "--read-only")
    await peer.initialize()
    if lists_first:
        assert await peer.names() == ["work"]
    result = await peer.call("erase")
    assert result["isError"] and result["content"][0]["text"] == "Tool 'erase' is not available in read-only mode."
    assert (await peer.call("nobody"))["isError"]
    call = {"jsonrpc": "2.0", "id": "b", "method": "tools/call", "params": {"name": "erase", "arguments": {}}}
    peer.send([call])
    assert "read-only" in (await peer.answer("b"))["error"]["message"]
    peer.send_line('{"jsonrpc":"2.0","id":"c","method":"ping","method":"tools/call","params":{"name":"erase"}}')
    assert "read-only" in (await peer.answer("c"))["error"]["message"]
    assert server.ran == []
    assert await peer.text("look") == "worked"


# What goes wrong


async def test_without_credentials_it_says_so(ours, server):
    nothing = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
    peer = await started(ours, server, **nothing)
    error = await peer.refusal("initialize", {"protocolVersion": "2025-11-25"})
    assert error["code"] == -32603 and error["message"].startswith("No AWS credentials available.")
    assert server.calls == []
    server.wants_signatures = False
    peer = await started(ours, server, "--skip-auth", **nothing)
    await peer.initialize()
    assert server.calls[0].header("authorization") is None


@pytest.mark.parametrize(
    "status, kind, says, advice",
    [
        (403, "ExpiredTokenException", "failed due to expired or invalid AWS credentials", "refresh"),
        (403, "AccessDeniedException", "failed: not for you (AccessDeniedException, HTTP 403).", "Please retry."),
        (500, "InternalServerException", "failed: not for you", "may have run"),
    ],
)
async def test_a_tool_that_fails_is_a_result_in_words(ours, server, status, kind, says, advice):
    peer = await started(ours, server, "--retries", "3")
    await peer.initialize()
    server.always("tools/call", refused(status, kind, "not for you"))
    result = await peer.call("work")
    text = result["content"][0]["text"]
    assert result["isError"] and text.startswith("Tool call 'work' ") and says in text and advice in text


async def test_a_throttled_list_is_no_empty_one(ours, server):
    peer = await started(ours, server)
    await peer.initialize()
    server.on("tools/list", refused(429, "ThrottlingException", "slow down"))
    assert "ThrottlingException" in (await peer.refusal("tools/list"))["message"]
    server.on("tools/list", refused(429, "ThrottlingException", "slow down", Retry_After="0"))
    peer = await started(ours, server, "--retries", "1")
    await peer.initialize()
    assert await peer.names() == ["work"]


async def test_a_tool_that_takes_too_long_is_given_up(ours, server):
    peer = await started(ours, server, "--tool-timeout", "1")
    await peer.initialize()

    async def script(call):
        call.run()
        await call.hung_up()

    server.on("tools/call", script)
    result = await peer.call("work")
    assert "took longer than 1 s" in result["content"][0]["text"] and len(server.ran) == 1


async def test_a_lost_session_is_opened_again(ours, server):
    peer = await started(ours, server)
    await peer.initialize()
    server.lost.update(server.sessions)
    assert await peer.text("work") == "worked"
    server.on("tools/call", fails(UNGREETED))
    assert await peer.text("work") == "worked"
    assert len(server.sessions) == 3 and len(server.ran) == 2


async def test_what_the_server_says_unasked_is_heard_and_it_is_told_of_the_end(ours, server):
    note = {"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}

    async def script(call):
        await call.stream(note)
        await call.hung_up()

    server.on("GET", script)
    peer = await started(ours, server)
    await peer.initialize()
    await peer.notification("notifications/tools/list_changed")
    assert await peer.stop() == 0
    await server.saw("DELETE")


# The original's own tests


@pytest.mark.timeout(240)
async def test_the_integration_tests_of_the_original_pass(world, ours):
    folder = source(NAME)
    greeter = await world.served("awsproxy", "greeter")
    names = ["test_proxy_simple_mcp_server.py", "test_proxy_dynamic_tools.py"]
    path = os.pathsep.join([os.path.dirname(ours.path), os.path.dirname(venv("awsproxy")), os.environ["PATH"]])
    code, out, err = await world.execute(
        [venv("awsproxy"), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "hurried", *(f"tests/integ/{name}" for name in names)],
        env={
            "PATH": path,
            "PYTHONPATH": str(CLIENTS),
            "REMOTE_ENDPOINT_URL": greeter,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_SESSION_TOKEN": "token",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        cwd=folder,
        seconds=20 * PATIENCE,
    )
    assert code == 0 and "10 passed" in out, out[-3000:]
