"""`manifold emulate`: the runtime edge, its sessions and its errors."""

import asyncio
import http.client
import json
import os

import pytest

from harness.emulator import BOTH, KEY, SESSION, Emulator, container
from harness.limits import soon
from harness.world import product

LONG = "s" * 40


@pytest.fixture
def emulate(world):
    async def start(**settings) -> Emulator:
        return await Emulator.start(world, **settings)

    return start


def names(answer) -> dict:
    return {name.lower(): value for name, value in answer.json["result"]["headers"]}


# Who may come in


async def test_a_signed_call_reaches_the_program_and_names_its_session(world, emulate):
    emulator = await emulate(runtimes={"weather": container(world)})
    answer = await emulator.invoke("weather")
    assert answer.status == 200
    assert answer.fields["mcp-session-id"] and answer.fields["x-amzn-requestid"]
    again = await emulator.invoke("weather", session=answer.fields["mcp-session-id"])
    assert again.json["result"]["pid"] == answer.json["result"]["pid"]


@pytest.mark.parametrize(
    "key, error, text",
    [
        ((KEY[0], "wrong"), "InvalidSignatureException", "The Canonical String for this request should have been"),
        (("AKIANOBODY", KEY[1]), "UnrecognizedClientException", "security token included in the request is invalid"),
        ((*KEY, "a-token"), "UnrecognizedClientException", "security token included in the request is invalid"),
        (None, "MissingAuthenticationTokenException", "Missing Authentication Token"),
    ],
)
async def test_a_wrong_signature_is_refused_in_the_words_of_aws(world, emulate, key, error, text):
    emulator = await emulate(runtimes={"weather": container(world)})
    answer = await emulator.invoke("weather", key=key)
    assert (answer.status, answer.error) == (403, error)
    assert text in answer.json["message"]
    assert world.witness.count("listening") == 0


async def test_a_changed_body_or_field_breaks_the_signature(world, emulate):
    emulator = await emulate(runtimes={"weather": container(world)})
    path, body = emulator.path("weather"), b'{"jsonrpc":"2.0","id":1,"method":"look"}'
    fields = emulator.signed("POST", path, body, {"Accept": BOTH, "Content-Type": "application/json"})
    good = await emulator.request("POST", path, body, fields, key=None)
    assert good.status == 200, good.body
    for changed in [(path, body + b" ", fields), (path + "?qualifier=DEFAULT", body, fields), (path, body, {**fields, "Accept": BOTH + ";q=1"})]:
        answer = await emulator.request("POST", *changed, key=None)
        assert answer.error == "InvalidSignatureException"


async def test_a_clock_that_is_off_is_told_so_with_the_date(world, emulate):
    emulator = await emulate(runtimes={"weather": container(world)})
    await emulator.fault("skew", seconds=600)
    answer = await emulator.invoke("weather")
    assert answer.error == "InvalidSignatureException"
    assert answer.json["message"].startswith("Signature expired: ") and answer.fields["date"].endswith("GMT")
    await emulator.fault("skew", seconds=-600)
    assert "Signature not yet current" in (await emulator.invoke("weather")).json["message"]


# Paths


async def test_an_arn_must_be_encoded_and_its_runtime_known(world, emulate):
    emulator = await emulate(runtimes={"weather": container(world)})
    plain = await emulator.request("POST", f"/runtimes/{emulator.arn('weather')}/invocations", b"{}")
    assert (plain.status, plain.error) == (404, "UnknownOperationException")
    other = await emulator.invoke("nobody")
    assert (other.status, other.error) == (404, "ResourceNotFoundException")
    wrong = await emulator.invoke("weather", qualifier="green")
    assert wrong.status == 200 and wrong.json["error"]["code"] == -32004
    assert "No endpoint or agent found with qualifier 'green' for agent" in wrong.json["error"]["message"]


async def test_an_id_needs_its_account(world, emulate):
    emulator = await emulate(runtimes={"weather": container(world)})
    fields = {"Accept": BOTH, "Content-Type": "application/json"}
    body = b'{"jsonrpc":"2.0","id":1,"method":"look"}'
    path = "/runtimes/weather-emulated00/invocations"
    assert (await emulator.request("POST", path, body, fields)).json["error"]["code"] == -32006
    known = await emulator.request("POST", f"{path}?accountId=123456789012", body, fields)
    assert "result" in known.json


async def test_only_post_is_served(world, emulate):
    emulator = await emulate(runtimes={"weather": container(world)})
    for method in ("GET", "DELETE"):
        answer = await emulator.request(method, emulator.path("weather"))
        assert (answer.status, answer.fields["allow"]) == (405, "POST")


async def test_both_media_types_must_be_accepted(world, emulate):
    emulator = await emulate(runtimes={"weather": container(world)})
    answer = await emulator.invoke("weather", fields={"Accept": "application/json"})
    assert (answer.status, answer.json["error"]["code"]) == (406, -32011)


async def test_a_session_id_that_is_too_short_is_refused(world, emulate):
    emulator = await emulate(runtimes={"story": container(world, protocol="http")})
    answer = await emulator.invoke("story", fields={SESSION: "short"})
    assert (answer.status, answer.error) == (400, "ValidationException")
    assert "runtimeSessionId" in answer.json["message"] and "33" in answer.json["message"]


# Sessions


async def test_each_session_has_a_process_of_its_own(world, emulate):
    emulator = await emulate(runtimes={"story": container(world, protocol="http")})
    one, other = [await emulator.invoke("story", fields={SESSION: name * 40}) for name in "ab"]
    assert one.json["result"]["pid"] != other.json["result"]["pid"]
    assert one.fields[SESSION.lower()] == "a" * 40
    nameless = await emulator.invoke("story")
    assert len(nameless.fields[SESSION.lower()]) == 36


async def test_a_stopped_session_starts_afresh(world, emulate):
    emulator = await emulate(runtimes={"story": container(world, protocol="http")})
    first = await emulator.invoke("story", fields={SESSION: LONG})
    stopped = await emulator.request("POST", emulator.path("story", "stopruntimesession"), b"{}", {SESSION: LONG})
    assert (stopped.status, stopped.fields[SESSION.lower()]) == (200, LONG)
    await world.witness.saw("terminated", pid=first.json["result"]["pid"])
    again = await emulator.invoke("story", fields={SESSION: LONG})
    assert again.status == 200 and again.json["result"]["pid"] != first.json["result"]["pid"]
    unknown = await emulator.request("POST", emulator.path("story", "stopruntimesession"), b"{}", {SESSION: "x" * 40})
    assert unknown.error == "ResourceNotFoundException"


async def test_an_idle_session_ends_unless_its_program_is_busy(world, emulate):
    emulator = await emulate(clock=1000, runtimes={"story": container(world, protocol="http", idle="5min")})
    await emulator.invoke("story", "become", fields={SESSION: "b" * 40}, params={"ping": {"status": "HealthyBusy"}})
    idle = (await emulator.invoke("story", fields={SESSION: "i" * 40})).json["result"]["pid"]
    await world.witness.saw("terminated", pid=idle)
    assert [each["session"][0] for each in (await emulator.state("story"))["sessions"]] == ["b"]


async def test_a_session_ends_with_its_lifetime(world, emulate):
    emulator = await emulate(clock=1000, runtimes={"story": container(world, protocol="http", lifetime="5min")})
    answer = await emulator.invoke("story", "become", fields={SESSION: LONG}, params={"ping": {"status": "HealthyBusy"}})
    await world.witness.saw("terminated", pid=answer.json["result"]["pid"])


async def test_a_stateful_program_makes_its_own_ids_and_loses_them_with_its_machine(world, emulate):
    emulator = await emulate(runtimes={"notes": container(world, {"stateful": True}, stateful=True)})
    opened = await emulator.invoke("notes", "initialize")
    session = opened.fields["mcp-session-id"]
    assert not session.startswith("own-")
    seen = names(await emulator.invoke("notes", session=session))
    assert seen["mcp-session-id"].startswith("own-")
    await emulator.fault("kill", target="notes")
    lost = await emulator.invoke("notes", session=session)
    assert lost.status == 404
    fresh = await emulator.invoke("notes", "initialize")
    assert fresh.status == 200


async def test_a_stateful_program_that_is_not_said_to_be_one_gets_a_word_about_it(world, emulate):
    emulator = await emulate(runtimes={"notes": container(world, {"stateful": True})})
    refused = await emulator.invoke("notes", "initialize")
    assert refused.json["error"]["code"] == -32010

    async def told():
        while b"If it makes session ids of its own, say so: --stateful" not in emulator.listener.errors:
            await emulator.state("notes")

    await soon(told(), "a word about --stateful")


@pytest.mark.parametrize("loss, code", [("-32004", -32004), ("-32010", -32010)])
async def test_how_a_lost_session_is_told_is_a_setting(world, emulate, loss, code):
    runtime = container(world, {"stateful": True}, stateful=True, lostSession=loss)
    emulator = await emulate(runtimes={"notes": runtime})
    answer = await emulator.invoke("notes", session="nobody")
    assert (answer.status, answer.json["error"]["code"]) == (200, code)


async def test_a_call_during_a_cold_start_waits_or_is_told_to_try_again(world, emulate):
    emulator = await emulate(
        runtimes={
            "hold": container(world, coldStart="300 ms"),
            "busy": container(world, coldStart="300 ms", whileStarting="conflict"),
        }
    )
    for name in ("hold", "busy"):
        first = asyncio.create_task(emulator.invoke(name, session="one"))
        while not (await emulator.state(name))["sessions"]:
            pass
        second = await emulator.invoke(name, session="one")
        assert (await first).status == 200
        if name == "hold":
            assert second.json["result"]
        else:
            assert second.json["error"] == {"code": -32005, "message": "Session operation in progress, please retry"}


async def test_there_are_only_so_many_sessions(world, emulate):
    emulator = await emulate(runtimes={"story": container(world, protocol="http", sessions=1)})
    assert (await emulator.invoke("story", fields={SESSION: "a" * 40})).status == 200
    answer = await emulator.invoke("story", fields={SESSION: "b" * 40})
    assert (answer.status, answer.error) == (402, "ServiceQuotaExceededException")


# What programs see, and what callers see of them


async def test_only_listed_fields_reach_the_program(world, emulate):
    emulator = await emulate(runtimes={"weather": container(world, headers=["X-Team"])})
    sent = {"X-Team": "blue", "X-Other": "red", "traceparent": "00-1", "Mcp-Protocol-Version": "2025-06-18"}
    seen = names(await emulator.invoke("weather", fields=sent))
    assert (seen["x-team"], seen["traceparent"], seen["mcp-protocol-version"]) == ("blue", "00-1", "2025-06-18")
    assert not {"x-other", "authorization", "x-amz-date", "workloadaccesstoken"} & seen.keys()
    assert seen["x-amzn-bedrock-agentcore-runtime-request-id"]
    seen = names(await emulator.invoke("weather", fields={"X-Amzn-Bedrock-AgentCore-Runtime-User-Id": "ada"}))
    assert seen["workloadaccesstoken"]


async def test_a_program_gets_no_credentials_of_ours(world, emulate):
    emulator = await emulate(runtimes={"weather": container(world)})
    environment = (await emulator.invoke("weather")).json["result"]["environment"]
    assert environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] == emulator.base
    assert not [name for name in environment if "KEY" in name or "TOKEN" in name]


async def test_a_program_s_error_is_replaced_on_both_surfaces(world, emulate):
    emulator = await emulate(runtimes={"weather": container(world), "story": container(world, protocol="http")})
    text = "Received error (500) from runtime. Please check your CloudWatch logs for more information."
    await emulator.invoke("weather", session="one")
    rpc = await emulator.invoke("weather", "status", session="one", params={"status": 500})
    assert (rpc.status, rpc.json["error"]["code"]) == (200, -32010)
    assert rpc.json["error"]["message"] == f"Tool execution error - {text}" and rpc.json["id"] == 1
    assert (await emulator.invoke("story", fields={SESSION: LONG})).status == 200
    plain = await emulator.invoke("story", "status", fields={SESSION: LONG}, params={"status": 500})
    assert (plain.status, plain.error, plain.json) == (424, "RuntimeClientError", {"message": text})


async def test_an_error_to_the_first_request_is_a_start_that_is_repeated(world, emulate):
    emulator = await emulate(clock=100, runtimes={"weather": container(world, {"fails_first": 2})})
    answer = await emulator.invoke("weather", session="one")
    assert answer.json["result"]
    assert world.witness.count("failed") == 2


async def test_a_program_that_dies_or_is_unwell_gives_424(world, emulate):
    emulator = await emulate(clock=100, runtimes={"story": container(world, protocol="http")})
    await emulator.invoke("story", fields={SESSION: LONG})
    died = await emulator.invoke("story", "exit", fields={SESSION: LONG})
    assert (died.status, died.error) == (424, "RuntimeClientError")
    assert "health check failed" in died.json["message"]
    again = await emulator.invoke("story", "become", fields={SESSION: LONG}, params={"ping_status": 503})
    assert again.status == 200

    async def unwell():
        while (await emulator.state("story"))["sessions"][0]["phase"] != "unhealthy":
            pass

    await soon(unwell(), "the session to be found unhealthy")
    assert (await emulator.invoke("story", fields={SESSION: LONG})).status == 424


async def test_a_command_that_does_not_start_says_so(world, emulate):
    emulator = await emulate(
        runtimes={
            "gone": {"command": ["/nowhere/at-all"]},
            "deaf": {"command": ["sleep", "600"], "initialization": "300 ms"},
        }
    )
    for name in ("gone", "deaf"):
        answer = await emulator.invoke(name)
        assert answer.json["error"]["code"] == -32010
        assert "Runtime initialization time exceeded" in answer.json["error"]["message"]
    assert "/nowhere/at-all" in emulator.listener.story() and "$PORT" in emulator.listener.story()


async def test_events_are_passed_on_as_they_come(world, emulate):
    emulator = await emulate(runtimes={"weather": container(world)})
    gate = world.home / "stream-gate"
    os.mkfifo(gate)
    message = {"jsonrpc": "2.0", "id": 7, "method": "stream", "params": {"gate": str(gate)}}
    fields = {"Accept": BOTH, "Content-Type": "application/json"}
    body = json.dumps(message).encode()
    response = await asyncio.to_thread(emulator.open, "POST", emulator.path("weather"), body, fields)
    assert response.headers["Content-Type"] == "text/event-stream" and response.headers["Mcp-Session-Id"]
    first = await asyncio.to_thread(response.read1)
    assert b'"progress"' in first and b'"id": 7' not in first
    descriptor = os.open(gate, os.O_RDWR)
    rest = await asyncio.to_thread(response.read)
    os.close(descriptor)
    assert b'"id": 7' in rest
    response.close()


# What goes wrong on demand


@pytest.mark.parametrize(
    "kind, http, rpc",
    [
        ("throttle", (429, "ThrottlingException"), (200, -32003)),
        ("quota", (402, "ServiceQuotaExceededException"), (200, -32003)),
        ("conflict", (409, "RetryableConflictException"), (200, -32005)),
        ("resourceConflict", (409, "ConflictException"), (200, -32005)),
        ("accessDenied", (403, "AccessDeniedException"), (403, -32002)),
        ("internal", (500, "InternalServerException"), (200, -32603)),
        ("unhealthy", (424, "RuntimeClientError"), (200, -32010)),
    ],
)
async def test_each_error_of_the_platform_has_two_forms(world, emulate, kind, http, rpc):
    emulator = await emulate(runtimes={"weather": container(world), "story": container(world, protocol="http")})
    await emulator.fault(kind, count=2)
    plain, wrapped = await emulator.invoke("story"), await emulator.invoke("weather")
    assert (plain.status, plain.error) == http
    assert (wrapped.status, wrapped.json["error"]["code"]) == rpc
    assert (await emulator.invoke("weather")).json["result"]


async def test_faults_meet_their_target_and_are_used_up(world, emulate):
    emulator = await emulate(runtimes={"weather": container(world), "story": container(world, protocol="http")})
    await emulator.fault("throttle", target="story")
    await emulator.fault("expiredToken", target="weather")
    expired = await emulator.invoke("weather")
    assert (expired.status, expired.error) == (403, "ExpiredTokenException")
    assert (await emulator.invoke("weather")).json["result"]
    assert (await emulator.invoke("story")).status == 429
    assert (await emulator.invoke("story")).status == 200


async def test_connections_break_without_an_answer_or_in_its_middle(world, emulate):
    emulator = await emulate(runtimes={"weather": container(world)})
    await emulator.fault("reset")
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        await emulator.invoke("weather")
    await emulator.fault("truncate", bytes=5)
    with pytest.raises(http.client.IncompleteRead) as broken:
        await emulator.invoke("weather")
    assert len(broken.value.partial) <= 5


async def test_everything_it_started_ends_with_it(world, emulate):
    emulator = await emulate(runtimes={"weather": container(world)})
    await emulator.invoke("weather", session="one")
    assert await asyncio.to_thread(emulator.listener.stop) == 0
    await world.gone()


async def test_a_mistake_in_the_file_is_shown_where_it_is(world):
    path = world.home / "emulator.yaml"
    path.write_text("runtimes:\n  weather:\n    comand: [x]\n")
    code, _, err = await world.run("emulate", "--config", path)
    assert code == 2
    assert "emulator.yaml:3:5: error: unknown key 'comand'" in err and "did you mean 'command'?" in err


async def test_one_command_is_enough_for_one_runtime(world):
    command = container(world)["command"]
    words = [product(), "emulate", "--port", "0", "--http", "--name", "story", "--", *command]
    emulator = Emulator(world, await world.listen(words, {"WITNESS": world.witness.path}))
    assert (await emulator.invoke("story")).json["result"]["pid"]
    code, _, err = await world.run("emulate")
    assert code == 2 and "nothing to emulate" in err


async def test_a_command_that_is_not_there_is_told_at_the_start(world):
    for words, reason in (
        (["no-such-program-anywhere"], "no program of that name in PATH"),
        (["./server"], "there is no such file"),
        ([str(world.home)], "is not executable"),
    ):
        code, out, err = await world.run("emulate", "--port", "0", "--", *words)
        assert code == 2 and out == "" and "runtime 'mine'" in err and reason in err, err


async def test_programs_of_the_file_that_are_not_there_are_told_and_spoil_nothing_for_the_others(world):
    path = world.home / "emulator.yaml"
    path.write_text(
        f"""runtimes:
  gone: {{ command: [ /nowhere/x ] }}
  near: {{ command: ["${{env:PLACE}}/x"] }}
  weather: {json.dumps(container(world))}
gateways:
  maths:
    targets:
      calc: {{ stdio: {{ command: "${{env:PLACE}}/y" }} }}
"""
    )
    words = [product(), "emulate", "--config", str(path), "--port", "0"]
    emulator = Emulator(world, await world.listen(words, {"PLACE": ".build"}))
    assert (await emulator.invoke("weather")).status == 200
    said, why = emulator.listener.errors.decode(), "there is no such file"
    for place, what, program in (
        ("2:22", "the runtime 'gone'", "/nowhere/x"),
        ("3:21", "the runtime 'near'", f"{world.home}/.build/x"),
        ("8:33", "the target 'calc' of the gateway 'maths'", f"{world.home}/.build/y"),
    ):
        assert f"{path}:{place}: warning: Could not emulate {what}. Could not start '{program}': {why}" in said
    assert '\n  gone: { command: [ /nowhere/x ] }\n                     ^\n' in said


async def test_options_that_exclude_each_other_are_refused(world):
    code, _, err = await world.run("emulate", "--http", "--stateful", "--", "sh")
    assert code == 2 and "'--stateful' and '--http' exclude each other" in err
    path = world.home / "emulator.yaml"
    path.write_text("runtimes:\n  a: { command: [sh], protocol: http, stateful: true }\n")
    code, _, err = await world.run("emulate", "--config", str(path), "--port", "0")
    assert code == 2 and f"{path}:2:49: error: 'stateful' of runtime 'a' goes with 'protocol: mcp' only" in err, err


@pytest.mark.parametrize("option", [["--name", "x"], ["--http"], ["--stateful"]])
async def test_options_about_a_command_want_one(world, option):
    path = world.home / "emulator.yaml"
    path.write_text("runtimes: { a: { command: [sh] } }\n")
    for words in ([], ["--config", str(path), "--port", "0"]):
        code, out, err = await world.run("emulate", *words, *option)
        assert code == 2 and out == "" and f"'{option[0]}' is about COMMAND, and there is none behind '--'" in err, err


async def test_a_mistake_in_a_target_is_called_one(world):
    path = world.home / "emulator.yaml"
    path.write_text("gateways: { maths: { targets: { calc: { stdio: { comand: x } } } } }\n")
    code, _, err = await world.run("emulate", "--config", str(path))
    assert code == 2 and "unknown key 'comand' in target 'calc'" in err and "upstream" not in err, err


async def test_a_configuration_of_serve_is_told_from_one_of_emulate(world):
    world.configure({"few": world.raw("few")})
    code, _, err = await world.run("emulate", "--config", world.config)
    assert code == 2 and "unknown key 'upstreams'" in err
    assert f"'{world.config}' is a configuration of 'manifold serve'." in err and "runtimes:" in err


async def test_what_is_printed_to_copy_says_which_variables_it_needs(world):
    words = [product(), "emulate", "--port", "0", "--", "sh"]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*words, env=world.environment, stdout=pipe, stderr=pipe)
    try:
        told = await soon(process.stdout.readuntil(b"upstreams:\n"), "what is to be copied")
    finally:
        process.kill()
        await process.communicate()
    block = told.decode().split("For Manifold:\n")[1]
    assert block == "  # Export the variables above where Manifold is started.\n  upstreams:\n"
