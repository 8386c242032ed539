"""MCP servers on AgentCore Runtime: how they are called, what is survived, and what is said when it is not."""

import datetime
import json

import pytest
import pytest_asyncio
from harness.agentcore import ACCOUNT, CALLER, REGION, Edge, arn, error, refused
from harness.emulator import KEY, Emulator
from harness.limits import PATIENCE
from harness.signatures import Keys
from harness.world import ROOT, SERVERS, venv

BUSY = "Session operation in progress, please retry"
UNWELL = "Tool execution error - Runtime health check failed or timed out."
LATE = "Runtime initialization time exceeded. Please make sure that initialization completes in 120s."


@pytest_asyncio.fixture
async def edge():
    """AgentCore Runtime; a signature that botocore would not have made fails the test at the end."""
    edge = await Edge().start()
    yield edge
    await edge.close()


def signed(edge: Edge) -> dict[str, str]:
    """The environment of who may call."""
    return edge.judge.keys[0].environment


async def opened(world, edge, runtime, **more):
    """A client of the product in front of one runtime, which is known to be up."""
    client = await world.client({"up": edge.entry(runtime, **more)}, env=signed(edge))
    assert await client.names() == ["up__work"]
    return client


def failed(result: dict, executed: str) -> str:
    """The text of a failed call's result, which says whether it ran."""
    assert result.get("isError") is True, result
    assert result["_meta"] == {"manifold/upstream": "up", "manifold/executed": executed}
    said = result["content"][0]["text"]
    assert said.count("may have run") == (executed == "unknown"), said
    assert said.count("did not run") <= (executed == "no"), said
    return said


async def outage(client, name: str) -> str:
    """Why a call did not reach its upstream."""
    result = await client.call(name)
    assert result.get("isError") is True and result["_meta"]["manifold/executed"] == "no", result
    said = result["content"][0]["text"]
    assert said.count("did not run") == 1 and "may have run" not in said, said
    return said


# Being called


async def test_a_runtime_is_called_as_its_service_wants_it(world, edge):
    runtime = edge.runtime("weather")
    client = await opened(world, edge, runtime)
    assert await client.text("up__work", {"a": 1}) == "weather worked"
    path = f"/runtimes/arn%3Aaws%3Abedrock-agentcore%3A{REGION}%3A{ACCOUNT}%3Aruntime%2F{runtime.id}"
    assert {call.path for call in edge.calls} == {f"{path}/invocations?qualifier=DEFAULT"}
    assert set(edge.judge.seen) == {("AKIDEXAMPLE", REGION, "bedrock-agentcore")}
    for call in edge.calls:
        assert call.header("content-type") == "application/json"
        assert call.header("mcp-session-id") == (None if call.method == "initialize" else runtime.machines[0])
    assert edge.calls[0].method == "initialize", "a question before it would have started a machine"
    assert await client.stop() == 0
    assert {call.verb for call in edge.calls} == {"POST"} and runtime.stopped == []


async def test_other_ways_to_name_it_lead_to_the_same_runtime(world, edge):
    runtime = edge.runtime("weather", qualifiers=("DEFAULT", "prod"))
    named = {"endpoint": edge.base, "region": REGION, "account": ACCOUNT, "id": runtime.id}
    entries = {
        "id": {"runtime": named | {"qualifier": "prod"}},
        "end": {"runtime": {"endpoint": edge.base, "arn": runtime.arn + "/runtime-endpoint/prod"}},
        "env": {"runtime": {"arn": runtime.arn}},
    }
    env = signed(edge) | {"AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": edge.base}
    client = await world.client(entries, env=env)
    assert sorted(await client.names()) == ["end__work", "env__work", "id__work"]
    for name in entries:
        assert await client.text(f"{name}__work") == "weather worked"
    queries = {call.path.partition("?")[2] for call in edge.calls}
    assert queries == {f"qualifier=prod&accountId={ACCOUNT}", "qualifier=prod", "qualifier=DEFAULT"}


async def test_on_a_runtime_the_region_is_its_own_where_nothing_else_says_it(world, edge):
    runtime = edge.runtime("weather")
    entry = {"runtime": {"endpoint": edge.base, "account": ACCOUNT, "id": runtime.id}}
    home = f"cloud.resource_id={arn('home')}/runtime-endpoint/DEFAULT:DEFAULT"
    client = await world.client({"up": entry}, env=signed(edge) | {"OTEL_RESOURCE_ATTRIBUTES": home})
    assert await client.text("up__work") == "weather worked"
    assert {region for _, region, _ in edge.judge.seen} == {REGION}
    client = await world.client({"up": entry}, env=signed(edge))
    said = await outage(client, "up__work")
    assert f"Upstream 'up': nothing says in which AWS region the runtime '{runtime.id}' is." in said


async def test_headers_of_the_owner_and_the_user_are_sent_and_signed(world, edge):
    headers = {"X-Amzn-Bedrock-AgentCore-Runtime-Custom-Team": "blue  moon", "X-Key": "k"}
    await opened(world, edge, edge.runtime("weather"), headers=headers, userId="me@example.com")
    for call in edge.calls:
        assert call.header("x-amzn-bedrock-agentcore-runtime-custom-team") == "blue  moon"
        assert call.header("x-amzn-bedrock-agentcore-runtime-user-id") == "me@example.com"
        assert call.header("x-key") == "k"
        assert "x-amzn-bedrock-agentcore-runtime-user-id" in call.header("authorization")


async def test_temporary_keys_bring_their_token(world, edge):
    edge.judge.keys = [Keys(id="ASIATEMPORARY", token="a/token+with=all")]
    client = await opened(world, edge, edge.runtime("weather"))
    assert await client.text("up__work") == "weather worked"
    assert {call.header("x-amz-security-token") for call in edge.calls} == {"a/token+with=all"}


async def test_a_stateless_runtime_keeps_its_machine(world, edge):
    runtime = edge.runtime("weather", "stateless")
    client = await opened(world, edge, runtime)
    for _ in range(5):
        assert await client.text("up__work") == "weather worked"
    assert len(runtime.machines) == 1


async def test_a_session_is_stopped_at_the_end_if_that_is_wanted(world, edge):
    runtime = edge.runtime("weather")
    client = await opened(world, edge, runtime, stopAtExit=True)
    assert await client.stop() == 0
    assert runtime.stopped == runtime.machines


async def test_a_token_opens_a_runtime_that_wants_one(world, edge):
    edge.tokens.add("good")
    runtime = edge.runtime("weather", auth="jwt")
    entries = {
        "good": edge.entry(runtime, auth={"bearer": "${env:TOKEN}"}),
        "bad": edge.entry(runtime, auth={"bearer": "hunter2"}),
        "sig": edge.entry(runtime),
    }
    client = await world.client(entries, env=signed(edge) | {"TOKEN": "good"})
    assert await client.text("good__work") == "weather worked"
    said = await outage(client, "bad__work")
    assert "'bad'" in said and "Replace the one in 'auth.bearer'" in said and "hunter2" not in said
    said = await outage(client, "sig__work")
    assert "'sig'" in said and "wants to be called with a token" in said


# What is survived


@pytest.mark.parametrize(
    "refusal",
    [
        refused(409, "RetryableConflictException", BUSY),
        refused(429, "ThrottlingException", "Slow down", Retry_After="0"),
        refused(402, "ServiceQuotaExceededException", "Too many sessions", x_amz_retry_after="10"),
        error(-32003, "Rate limit exceeded", data={"retryAfter": 0}),
        error(-32005, BUSY),
    ],
    ids=["conflict", "throttled", "quota", "rpc-throttled", "rpc-conflict"],
)
async def test_a_call_that_was_not_taken_is_made_again_and_runs_once(world, edge, refusal):
    runtime = edge.runtime("weather")
    client = await opened(world, edge, runtime)
    edge.on("tools/call", refusal)
    assert await client.text("up__work", {"a": 1}) == "weather worked"
    assert len(edge.seen("tools/call")) == 2 and len(runtime.ran) == 1


@pytest.mark.parametrize(
    ("refusal", "executed", "words"),
    [
        (refused(400, "ValidationException", "Bad field"), "no", "Bad field"),
        (refused(403, "AccessDeniedException", "Not you"), "no", "InvokeAgentRuntime"),
        (refused(409, "ConflictException", "Taken"), "no", "conflict"),
        (refused(424, "RuntimeClientError", "Received error (500) from runtime."), "unknown", "CloudWatch"),
        (refused(424, "RuntimeClientError", LATE), "unknown", "could not start the server in time"),
        (error(-32010, LATE), "unknown", "could not start the server in time"),
        (error(-32010, UNWELL), "unknown", "CloudWatch"),
        (error(-32603, "Oh", kind="InternalServerException"), "unknown", "AWS Health"),
        (error(-32006, "Bad field", kind="ValidationException"), "no", "Bad field"),
        (refused(500, "ExpiredTokenException", "a token of the server's own"), "unknown", "failed (500)"),
        (refused(500, "InternalServerException", "Oh"), "unknown", "failed (500)"),
        (refused(503, None, "Oh"), "unknown", "failed (503)"),
        (refused(504, None, "Late"), "unknown", "waited too long"),
    ],
    ids=[
        "invalid", "denied", "conflict", "runtime", "start", "rpc-start", "rpc-unwell", "rpc-internal", "rpc-invalid",
        "own-token", "internal", "unavailable", "late",
    ],
)
async def test_a_call_that_may_have_run_or_never_will_is_sent_once(world, edge, refusal, executed, words):
    runtime = edge.runtime("weather")
    client = await opened(world, edge, runtime)
    edge.on("tools/call", refusal)
    assert words in failed(await client.call("up__work"), executed)
    assert len(edge.seen("tools/call")) == 1 and runtime.ran == []
    assert await client.text("up__work") == "weather worked"


@pytest.mark.parametrize("code", [-32010, -32603, -32006])
async def test_what_a_server_says_in_an_answer_is_handed_on(world, edge, code):
    client = await opened(world, edge, edge.runtime("weather"))
    edge.on("tools/call", error(code, "Tool execution error - it broke"))
    said = await client.refusal("tools/call", {"name": "up__work"})
    assert said["code"] == code and said["message"] == "Tool execution error - it broke"
    assert len(edge.seen("tools/call")) == 1


@pytest.mark.parametrize("command", [["check", "--probe"], ["call", "up__work"]])
async def test_a_runtime_that_is_not_well_is_told_in_the_words_of_its_service(world, edge, command):
    runtime = edge.runtime("weather")
    edge.always("initialize", error(-32010, UNWELL))
    world.configure({"up": edge.entry(runtime)})
    options = ["--timeout", "3s", "--config", str(world.config)]
    env = signed(edge) | {"AWS_ENDPOINT_URL_STS": edge.base, "AWS_EC2_METADATA_DISABLED": "true"}
    code, out, err = await world.run(*command, *options, env=env)
    assert code == 1 and UNWELL in out + err and "instead of a JSON-RPC message" not in out + err, out + err
    assert command[0] == "call" or "may have run" not in out and "did not run" not in out, out


async def test_reads_are_made_again_when_the_service_fails(world, edge):
    runtime = edge.runtime("weather")
    edge.on("initialize", refused(500, "InternalServerException", "Oh"))
    edge.on("tools/list", refused(503, None, "Oh"), error(-32603, "Internal error"))
    client = await opened(world, edge, runtime)
    assert len(edge.seen("initialize")) == 2 and len(edge.seen("tools/list")) == 3
    assert await client.text("up__work") == "weather worked"


@pytest.mark.parametrize(
    "oblivion",
    [
        (404, -32600, "Session not found"),
        (200, -32600, "Session not found"),
        (200, -32602, "Invalid request parameters"),
        (200, -32010, "Tool execution error - Received error (404) from runtime."),
    ],
)
async def test_a_recycled_machine_is_not_noticed(world, edge, oblivion):
    runtime = edge.runtime("weather", oblivion=oblivion)
    client = await opened(world, edge, runtime)
    assert await client.text("up__work", {"n": 1}) == "weather worked"
    for n in (2, 3):
        runtime.recycle()
        assert await client.text("up__work", {"n": n}, seconds=2 * PATIENCE) == "weather worked"
    assert [params["arguments"] for params in runtime.ran] == [{"n": 1}, {"n": 2}, {"n": 3}]
    assert len(edge.seen("initialize")) == 3


async def test_a_trace_is_carried_on(world, edge):
    client = await opened(world, edge, edge.runtime("weather"))
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await client.request("tools/call", {"name": "up__work", "_meta": {"traceparent": trace}})
    await client.request("tools/call", {"name": "up__work", "_meta": {"traceparent": "no\r\ntrace"}})
    assert [call.header("traceparent") for call in edge.seen("tools/call")] == [trace, None]
    assert "traceparent" not in edge.seen("tools/call")[0].header("authorization")


async def test_a_wrong_clock_is_put_right_by_the_service(world, edge):
    edge.judge.ahead = datetime.timedelta(minutes=10)
    runtime = edge.runtime("weather")
    client = await opened(world, edge, runtime)
    assert await client.text("up__work") == "weather worked"
    assert len(runtime.ran) == 1


async def test_one_runtime_that_is_not_there_spoils_nothing(world, edge):
    runtime = edge.runtime("weather")
    gone = {"runtime": {"arn": arn("nobody"), "endpoint": edge.base}}
    client = await world.client({"up": edge.entry(runtime), "gone": gone}, env=signed(edge))
    assert await client.text("up__work") == "weather worked"
    said = await outage(client, "gone__work")
    assert "does not find the runtime 'nobody-AbCdEfGhIj'" in said
    assert "No endpoint or agent found with qualifier 'DEFAULT'" in said


# Servers that really run


@pytest.mark.parametrize(("environment", "stateless"), [("fastmcp", "true"), ("fastmcp", "false"), ("v1", "false")])
async def test_servers_of_the_sdks_work_behind_the_edge(world, edge, environment, stateless):
    command = [venv(environment), str(SERVERS / "sdk.py"), "one", "http"]
    command += ["fastmcp"] if environment == "fastmcp" else []
    env = {"FASTMCP_STATELESS_HTTP": stateless, "WITNESS": world.witness.path}
    listener = await world.listen(command, env)
    runtime = edge.runtime("real", listener.url)
    client = await world.client({"up": edge.entry(runtime)}, env=signed(edge))
    assert await client.text("up__echo", {"text": "hello"}) == "hello"
    assert (await client.call("up__add", {"a": 1, "b": 2}))["structuredContent"]["sum"] == 3
    if stateless == "false":
        call = client.begin_call("up__elicit")
        question = await client.question("elicitation/create")
        client.reply(question, {"action": "accept", "content": {"name": "Ada"}})
        assert (await client.answer(call))["result"]["content"][0]["text"] == "accept: Ada"
        call = client.begin_call("up__slow", {"steps": 3}, token="t")
        for step in (1, 2, 3):
            await client.notification("notifications/progress", lambda p, n=step: p["progress"] == n)
        assert (await client.answer(call))["result"]["content"][0]["text"] == "done"


# Setting up


async def test_three_arns_become_one_entry_of_an_editor_in_two_commands(world, edge):
    runtimes = [edge.runtime(name) for name in ("weather", "maths", "story")]
    named = [option for r in runtimes for option in ("--runtime", f"{r.name}={r.arn}")]
    code, out, err = await world.run("init", "--config", str(world.config), *named)
    assert code == 0, err
    assert "bedrock-agentcore:InvokeAgentRuntime" in out
    code, out, err = await world.run("install", "vscode", "--config", str(world.config), "--write", "mcp.json")
    assert code == 0, err
    entry = json.loads((world.home / "mcp.json").read_text())["servers"]["manifold"]
    env = signed(edge) | {"AWS_ENDPOINT_URL": edge.base}
    client = await world.start([entry["command"], *entry["args"]], env=env)
    await client.initialize()
    assert sorted(await client.names()) == ["maths__work", "story__work", "weather__work"]


async def test_an_arn_that_is_none_is_refused_before_anything_is_written(world):
    code, _, err = await world.run("init", "--config", str(world.config), "--runtime", "x=arn:aws:s3:::y")
    assert code == 2 and "ARN" in err and not world.config.exists()
    code, _, err = await world.run("init", "--config", str(world.config), "--runtime", "Bad Name=x")
    assert code == 2 and "Bad Name" in err


async def test_check_without_probe_needs_no_network(world, edge):
    world.configure({"up": edge.entry(edge.runtime("weather"))})
    code, _, err = await world.run("check", "--config", str(world.config))
    assert code == 0, err
    assert edge.connections == 0


async def probe(world, edge, entry, env) -> tuple[int, dict[str, dict]]:
    world.configure({"up": entry})
    env = env | {"AWS_ENDPOINT_URL_STS": edge.base, "AWS_EC2_METADATA_DISABLED": "true"}
    code, out, _ = await world.run("check", "--probe", "--config", str(world.config), "--json", env=env)
    legs = json.loads(out)["upstreams"][0]["legs"]
    return code, {leg["name"]: leg for leg in legs}


async def test_a_probe_that_works_tells_every_leg(world, edge):
    runtime = edge.runtime("weather")
    code, legs = await probe(world, edge, edge.entry(runtime), signed(edge))
    assert code == 0
    assert {leg["outcome"] for leg in legs.values()} == {"passed"}, legs
    assert legs["identity"]["detail"] == CALLER
    assert list(legs) == [
        "credentials", "identity", "endpoint", "authorization", "session", "initialize", "tools"
    ]
    assert "AKIDEXAMPLE" in legs["credentials"]["detail"]
    assert "hunter2" not in json.dumps(legs) and edge.judge.keys[0].secret not in json.dumps(legs)


@pytest.mark.parametrize(
    ("trouble", "leg", "words"),
    [
        ("no keys", "credentials", "AWS_ACCESS_KEY_ID"),
        ("nobody there", "endpoint", "127.0.0.1"),
        ("denied", "authorization", "Allow"),
        ("wrong proof", "authorization", "wants to be called with a signature"),
        ("not found", "initialize", "qualifier"),
        ("no tools", "tools", "list"),
    ],
)
async def test_a_probe_says_which_leg_fails_and_what_to_do(world, edge, trouble, leg, words):
    runtime = edge.runtime("weather")
    entry, env = edge.entry(runtime), signed(edge)
    if trouble == "no keys":
        env = {}
    if trouble == "nobody there":
        entry["runtime"]["endpoint"] = "http://127.0.0.1:1"
    if trouble == "denied":
        edge.always("initialize", refused(403, "AccessDeniedException", "Not you"))
    if trouble == "wrong proof":
        entry["runtime"]["auth"] = {"bearer": "abc"}
    if trouble == "not found":
        entry["runtime"]["qualifier"] = "other"
    if trouble == "no tools":
        edge.always("tools/list", error(-32006, "no list today"))
    code, legs = await probe(world, edge, entry, env)
    assert code == 1
    names = list(legs)
    bad = [name for name in names if legs[name]["outcome"] == "failed"]
    assert bad[:1] == [leg], legs
    said = legs[leg]["detail"] + legs[leg].get("remedy", "")
    assert words in said, said
    # No server has answered, so that nothing is known of a session.
    assert trouble == "no tools" or legs["session"]["outcome"] == "open", legs


# The other one of ours


async def test_runtimes_of_the_emulator_are_called_like_those_of_the_service(world):
    python, server = venv("v1"), str(ROOT / "Examples/agentcore/server.py")
    commands = {"weather": [python, server, "--stateless"], "notes": [python, server]}
    emulator = await Emulator.start(
        world,
        runtimes={n: {"command": command, "stateful": n == "notes"} for n, command in commands.items()},
    )
    entries = {n: {"runtime": {"arn": emulator.arn(n), "endpoint": emulator.door}} for n in commands}
    client = await world.client(entries, env=Keys(id=KEY[0], secret=KEY[1]).environment)
    for name in entries:
        # It is not known before its upstream is.
        said = await client.refusal("tools/call", {"name": f"{name}__nothing"}, seconds=4 * PATIENCE)
        assert "Unknown tool" in said["message"]
    names = await client.names()
    await emulator.fault("kill", target="notes")
    await emulator.fault("throttle", target="weather", count=1)
    for name in entries:
        tool = next(each for each in names if each.startswith(f"{name}__"))
        result = await client.call(tool, seconds=4 * PATIENCE)
        assert "manifold/upstream" not in result.get("_meta", {}), result


@pytest.mark.parametrize(
    ("kind", "executed", "words"),
    [
        ("internal", "unknown", "AWS Health"),
        ("unhealthy", "unknown", "CloudWatch"),
        ("resourceConflict", "no", "sees a conflict"),
    ],
)
async def test_a_fault_of_the_emulator_is_told_as_one_of_the_platform(world, kind, executed, words):
    command = [venv("v1"), str(ROOT / "Examples/agentcore/server.py"), "--stateless"]
    emulator = await Emulator.start(world, runtimes={"up": {"command": command}})
    entry = {"runtime": {"arn": emulator.arn("up"), "endpoint": emulator.door}}
    client = await world.client({"up": entry}, env=Keys(id=KEY[0], secret=KEY[1]).environment)
    # It is not known before its upstream is.
    await client.refusal("tools/call", {"name": "up__nothing"}, seconds=4 * PATIENCE)
    await emulator.fault(kind)
    assert words in failed(await client.call((await client.names())[0], {"city": "Oslo"}), executed)


async def test_gateways_of_the_emulator_are_called_like_those_of_the_service(world):
    desk = world.raw("few", json.dumps({"name": "desk", "tools": ["add"]}))
    emulator = await Emulator.start(
        world,
        gateways={
            "maths": {"auth": "iam", "targets": {"desk": desk}, "sessions": "1 h"},
            "crm": {"auth": "jwt", "clients": ["demo"], "targets": {"desk": desk}, "search": True},
        },
        issuer={"clients": {"demo": {"secret": "demo-secret", "scopes": ["crm/read"]}}},
    )
    jwt = {"issuer": f"{emulator.base}/issuer", "clientId": "demo", "clientSecret": "demo-secret"}
    entries = {
        "maths": {"gateway": {"url": f"{emulator.door}/gateways/maths/mcp", "region": "us-east-1"}},
        "crm": {"gateway": {"url": f"{emulator.door}/gateways/crm/mcp", "auth": {"jwt": jwt}}},
    }
    client = await world.client(entries, env=Keys(id=KEY[0], secret=KEY[1]).environment)
    assert await client.text("maths__desk___add") == await client.text("crm__desk___add")
    assert "crm__search_tools" in await client.names()
