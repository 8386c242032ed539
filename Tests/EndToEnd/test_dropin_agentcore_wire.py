"""`mcp-agentcore-proxy` by name: what it sends, and what it makes of what comes back."""

import base64
import json

import pytest

from harness.dropin import ARN, EVENTS, RUNTIME_SESSION, answered, refused
from harness.signatures import Keys
from test_dropin_agentcore_start import edge, ours, program  # noqa: F401

SIGNED = "accept;content-type;host;mcp-session-id;x-amz-date;{}" + RUNTIME_SESSION
RESULT = b'{"jsonrpc":"2.0","id":1,"result":{}}'


async def test_17_the_path_is_the_encoded_arn(program, edge):
    peer = await program.start(edge)
    await peer.request("ping")
    encoded = "arn%3Aaws%3Abedrock-agentcore%3Aus-west-2%3A123456789012%3Aruntime%2Fweather-AbCdEfGhIj"
    assert edge.calls[0].path == f"/runtimes/{encoded}/invocations"


@pytest.mark.parametrize(
    "variables",
    [
        {"AGENTCORE_QUALIFIER": "prod"},
        {"AGENTCORE_AGENT_ARN": f"{ARN}/runtime-endpoint/prod"},
    ],
)
async def test_17_a_qualifier_is_a_query(ours, edge, variables):
    edge.query = "?qualifier=prod"
    peer = await ours.start(edge, **variables)
    await peer.request("ping")


@pytest.mark.parametrize("token", [None, "a/session+token=="])
async def test_18_fields_and_signature_are_the_original_ones(program, edge, token):
    edge.judge.keys[0].token = token
    peer = await program.start(edge)
    await peer.request("tools/call", {"name": "grüße 🌍", "arguments": {"ü": "é"}})
    call = edge.calls[0]
    assert call.header("content-type") == "application/json"
    assert call.header("accept") == "application/json, text/event-stream"
    signed = SIGNED.format("x-amz-security-token;" if token else "")
    assert f"SignedHeaders={signed}," in call.header("authorization")
    assert edge.judge.seen == [("AKIDEXAMPLE", "us-west-2", "bedrock-agentcore")]


@pytest.mark.parametrize(
    "line",
    [
        '{"params":{"b":1,"a":2},"method":"ping","id":1,"jsonrpc":"2.0"}',
        r'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"t":"\u0041\/\ud83d\ude00"}}',
        '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"n":12345678901234567890123.000e5}}',
        '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"k":1,"k":2}}',
        '{"jsonrpc" : "2.0" , "id" : 1 , "method":"ping","params" :\t{ } }',
        '{"jsonrpc":"2.0","id":1,"method":"ping","params":[1,2]}',
        '{"id":1,"method":"ping"}',
    ],
)
async def test_19_the_payload_is_the_line(program, edge, line):
    peer = await program.start(edge)
    edge.always("ping", answered(RESULT))
    peer.send_line(f"  {line} ")
    await peer.answer(1)
    assert edge.calls[0].body == line.encode()


async def test_20_an_id_that_the_server_gives_is_kept(ours, edge):
    edge.stateful = True
    peer = await ours.start(edge)
    await peer.initialize()
    await peer.request("ping")
    sent = [(call.method, call.header("mcp-session-id")) for call in edge.calls]
    invented = f"mcp-{edge.calls[0].header(RUNTIME_SESSION)}"
    assert sent == [
        ("initialize", invented),
        ("initialize", None),
        ("notifications/initialized", "stateful-0"),
        ("ping", "stateful-0"),
    ]


async def test_20_a_server_that_gives_none_keeps_the_pair(program, edge):
    peer = await program.start(edge)
    await peer.initialize()
    await peer.request("ping")
    sent = {(call.header(RUNTIME_SESSION), call.header("mcp-session-id")) for call in edge.calls}
    assert len(sent) == 1
    one, other = sent.pop()
    assert other == f"mcp-{one}"


async def test_21_the_negotiated_revision_is_named(ours, edge):
    peer = await ours.start(edge)
    await peer.initialize(version="2025-06-18")
    await peer.request("ping")
    assert [call.header("mcp-protocol-version") for call in edge.calls] == [None, "2025-06-18", "2025-06-18"]


async def test_21_the_newest_revision_is_mirrored(ours, edge):
    peer = await ours.start(edge)
    meta = {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}
    await peer.request("tools/call", {"name": "grüße", "_meta": meta})
    await peer.request("resources/read", {"uri": "memo://a", "_meta": meta})
    seen = [[call.header(f"mcp-{name}") for name in ("protocol-version", "method", "name")] for call in edge.calls]
    assert seen[0][:2] == ["2026-07-28", "tools/call"] and seen[0][2].startswith("=?base64?")
    assert seen[1] == ["2026-07-28", "resources/read", "memo://a"]


async def test_21_marked_arguments_are_mirrored_once_the_tool_was_listed(ours, edge):
    marked = {"team": {"type": "string", "x-mcp-header": "Team"}, "n": {"type": "integer", "x-mcp-header": "N"}}

    async def tools(call):
        schema = {"type": "object", "properties": marked}
        await call.json(call.response({"tools": [{"name": "work", "inputSchema": schema}]}))

    edge.always("tools/list", tools)
    peer = await ours.start(edge)
    meta = {"_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}}
    await peer.request("tools/list", meta)
    await peer.request("tools/call", {"name": "work", "arguments": {"team": "blün", "n": 42.0, "x": 1}, **meta})
    await peer.request("tools/call", {"name": "other", "arguments": {"team": "blue"}, **meta})
    sent = [{name: value for name, value in call.headers if name.startswith("mcp-param-")} for call in edge.calls]
    team = base64.b64encode("blün".encode()).decode()
    assert sent == [{}, {"mcp-param-team": f"=?base64?{team}?=", "mcp-param-n": "42"}, {}]


# Messages


async def test_22_what_is_no_json_is_a_parse_error(program, edge):
    peer = await program.start(edge)
    peer.send_line("{nonsense")
    error = (await peer.answer(None))["error"]
    assert error["code"] == -32700 and error["message"].startswith("Parse error: ")
    await peer.request("ping")


async def test_23_blank_lines_are_nothing(program, edge):
    peer = await program.start(edge)
    peer.send_bytes(b"\n   \n\t\r\n")
    await peer.request("ping")
    assert len(edge.calls) == 1


async def test_24_an_answer_with_the_id_0_is_forwarded(program, edge):
    peer = await program.start(edge)
    line = b'{"jsonrpc":"2.0","id":0,"result":{"x":1}}'
    peer.send_line(line)
    assert (await edge.saw("response")).body == line


@pytest.mark.parametrize("status", [200, 202, 204, 400, 500])
async def test_25_initialized_is_forwarded_and_gets_nothing(program, edge, status):
    peer = await program.start(edge)

    async def script(call):
        await call.head(status, None, 0)

    edge.always("notifications/initialized", script)
    peer.notify("notifications/initialized")
    await edge.saw("notifications/initialized")
    await peer.request("ping")
    assert peer.unheard() == []


@pytest.mark.parametrize("status", [202, 500])
async def test_26_other_notifications_are_forwarded(ours, edge, status):
    peer = await ours.start(edge)
    edge.always("notifications/roots/list_changed", answered(b"", status=status))
    peer.notify("notifications/roots/list_changed")
    await edge.saw("notifications/roots/list_changed")
    await peer.request("ping")
    assert peer.unheard() == []


async def test_27_a_batch_is_never_met_with_silence(ours, edge):
    peer = await ours.start(edge)
    batch = [{"jsonrpc": "2.0", "id": n, "method": "ping"} for n in (1, 2)]

    async def half(call):
        await call.json([{"jsonrpc": "2.0", "id": 2, "result": {}}])

    edge.on("POST", half)
    peer.send(batch)
    assert (await peer.answer(2))["result"] == {}
    assert (await peer.answer(1))["error"]["code"] in (-32001, -32002)


async def test_28_a_body_is_printed_once(program, edge):
    peer = await program.start(edge)
    body = b'{"jsonrpc":"2.0","id":1,"result":{"b":1.0e5,"a":"\\u0041","a":2}}'
    edge.always("ping", answered(body))
    await peer.request("ping")
    assert peer.lines == [body + b"\n"]


async def test_29_a_body_is_one_line(ours, edge):
    peer = await ours.start(edge)
    pretty = json.dumps({"jsonrpc": "2.0", "id": 1, "result": {"text": "a\u2028b\u2029c\u0085d"}}, indent=2, ensure_ascii=False)
    edge.on("ping", answered(pretty.replace("\n", "\r\n").encode()))
    assert await peer.request("ping") == {"text": "a\u2028b\u2029c\u0085d"}
    assert len(peer.lines) == 1


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
async def test_30_each_event_is_a_line(ours, edge, end):
    peer = await ours.start(edge)
    note = b'{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}'
    lines = [b": a comment", b"retry: 3", b"id: 7", b"event: message", b"data: " + note, b"", b"data:" + RESULT]
    edge.on("ping", answered(b"\xef\xbb\xbf" + end.join(lines), EVENTS))
    await peer.request("ping")
    assert peer.lines == [note + b"\n", RESULT + b"\n"]


async def test_30_each_event_is_a_line_there_too(program, edge):
    peer = await program.start(edge)
    note = b'{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}'
    lines = [b": a comment", b"retry: 3", b"id: 7", b"event: message", b"data: " + note, b"", b"data:" + RESULT]
    edge.on("ping", answered(b"\r\n".join(lines), EVENTS))
    await peer.request("ping")
    assert peer.lines == [note + b"\n", RESULT + b"\n"]


async def test_31_data_of_several_lines_is_one(ours, edge):
    peer = await ours.start(edge)

    async def script(call):
        await call.head(200, EVENTS)
        data = 'data: {"jsonrpc":"2.0","id":1,\ndata: "result":{"t":"grüße 🌍"}}\n\n'.encode()
        for at in range(len(data)):
            await call.chunk(data[at : at + 1])
        await call.end()

    edge.on("ping", script)
    assert await peer.request("ping") == {"t": "grüße 🌍"}
    assert len(peer.lines) == 1


async def test_32_a_small_event_is_printed_at_once(ours, edge):
    peer = await ours.start(edge)
    note = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "x"}}

    async def script(call):
        await call.stream(note)
        await call.reader.read(1)

    edge.on("ping", script)
    peer.begin("ping")
    await edge.saw("ping")
    await peer.hear(lambda m: m.get("method") == "notifications/message", "the event", seconds=1)


@pytest.mark.parametrize("tears", ["reset", "close"])
async def test_33_a_stream_that_breaks_is_an_error(ours, edge, tears):
    peer = await ours.start(edge)

    async def script(call):
        await call.stream({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": 1}})
        await peer.notification("notifications/message")
        getattr(call, tears)()

    edge.on("tools/call", script)
    error = await peer.refusal("tools/call", {"name": "work"})
    assert error["code"] == -32002 and error["message"].startswith("Failed to process response body: ")
    assert len(edge.seen("tools/call")) == 1
    await peer.request("ping")


async def test_33_silence_in_a_stream_is_an_error(ours, edge):
    peer = await ours.start(edge, AGENTCORE_READ_TIMEOUT="1")

    async def script(call):
        await call.stream()
        await call.hung_up()

    edge.on("tools/call", script)
    error = await peer.refusal("tools/call", {"name": "work"})
    assert error["code"] == -32002
    await peer.request("ping")


async def test_34_a_stream_without_the_answer_is_an_error(ours, edge):
    peer = await ours.start(edge)

    async def script(call):
        await call.stream({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": 1}})
        await call.end()

    edge.on("tools/call", script)
    error = await peer.refusal("tools/call", {"name": "work"}, id="a")
    assert error["code"] == -32002


@pytest.mark.parametrize("status", [200, 202, 204])
async def test_35_an_empty_answer_is_an_error(ours, edge, status):
    peer = await ours.start(edge)

    async def script(call):
        await call.head(status, None, 0)

    edge.on("ping", script)
    error = await peer.refusal("ping", id="x")
    assert error["code"] == -32001


async def test_36_a_body_that_is_no_json_is_an_error(program, edge):
    peer = await program.start(edge)
    edge.on("ping", answered(b"<html>"))
    error = await peer.refusal("ping", id="x")
    assert error["code"] == -32002 and error["message"].startswith("Failed to process response body: ")


async def test_37_a_body_that_is_cut_off_is_an_error(program, edge):
    peer = await program.start(edge)

    async def script(call):
        await call.head(200, length=1000)
        await call.raw(b'{"jsonrpc":"2.0",')
        call.close()

    edge.on("ping", script)
    error = await peer.refusal("ping", id="x")
    assert error["code"] == -32002 and error["message"].startswith("Failed to process response body: ")


async def test_38_a_refusal_is_told_with_its_name_and_words(program, edge):
    peer = await program.start(edge)
    edge.always("tools/list", refused(403, "AccessDeniedException:http://x/", "not for you"))
    error = await peer.refusal("tools/list", id="a string")
    assert error["code"] == -32000 and error["message"].startswith("InvokeAgentRuntime error: ")
    told = json.loads(error["message"].removeprefix("InvokeAgentRuntime error: "))
    assert told["Error"] == {"Message": "not for you", "Code": "AccessDeniedException"}
    assert told["ResponseMetadata"]["HTTPStatusCode"] == 403


async def test_38_a_refused_notification_gets_nothing(program, edge):
    peer = await program.start(edge)
    edge.always("notifications/initialized", refused(403, "AccessDeniedException", "not for you"))
    peer.notify("notifications/initialized")
    await edge.saw("notifications/initialized")
    await peer.request("ping")
    assert peer.unheard() == []


@pytest.mark.parametrize(
    "status, kind", [(500, "InternalServerException"), (429, "ThrottlingException"), (409, "RetryableConflictException")]
)
async def test_39_a_list_is_asked_for_three_times(program, edge, status, kind):
    peer = await program.start(edge)
    edge.always("tools/list", refused(status, kind, "later", Retry_After="0"))
    error = await peer.refusal("tools/list")
    assert error["code"] == -32000 and kind in error["message"]
    assert len(edge.calls) == 3


@pytest.mark.parametrize(
    "status, kind, times",
    [
        (500, "InternalServerException", 1),
        (504, "GatewayTimeout", 1),
        (424, "RuntimeClientError", 1),
        (429, "ThrottlingException", 3),
        (503, "ServiceUnavailable", 3),
        (409, "RetryableConflictException", 3),
        (409, "ConflictException", 1),
    ],
)
async def test_39_a_call_that_may_have_run_is_not_sent_again(ours, edge, status, kind, times):
    peer = await ours.start(edge)
    edge.always("tools/call", refused(status, kind, "no", Retry_After="0"))
    error = await peer.refusal("tools/call", {"name": "work"})
    assert kind in error["message"]
    assert ("may have run" in error["message"]) == (status in (424, 500, 504))
    assert len(edge.calls) == times


@pytest.mark.parametrize(
    "code, words, times",
    [
        (-32003, "Rate limit exceeded", 1),
        (-32005, "Session operation in progress, please retry", 2),
        (-32010, "Runtime initialization time exceeded. Please make sure", 1),
        (-32010, "Tool execution error - it broke", 1),
        (-32003, "words of the tool's own", 1),
        (-32603, "Internal error", 1),
    ],
)
async def test_39_what_an_answer_says_was_not_taken_is_sent_again(ours, edge, code, words, times):
    peer = await ours.start(edge)

    async def script(call):
        await call.json(call.error(code, words, {"retryAfter": 0} if code == -32003 else None))

    edge.on("tools/call", script)
    if times == 1:
        assert (await peer.refusal("tools/call", {"name": "work"}))["message"] == words
    else:
        assert await peer.text("work") == "worked"
    assert len(edge.calls) == times and len(edge.ran) == times - 1


async def test_39_a_call_that_is_not_answered_in_time_runs_once(ours, edge):
    peer = await ours.start(edge, AGENTCORE_READ_TIMEOUT="1")

    async def script(call):
        call.run()
        await call.hung_up()

    edge.always("tools/call", script)
    error = await peer.refusal("tools/call", {"name": "work"})
    assert error["code"] == -32000 and "may have run" in error["message"]
    assert len(edge.ran) == 1
    await peer.request("ping")


async def test_39_a_service_that_is_not_there_is_tried_again(ours, edge):
    port = edge.port
    await edge.stop()
    peer = await ours.start(edge)
    error = await peer.refusal("tools/call", {"name": "work"})
    assert error["code"] == -32000 and "may have run" not in error["message"]
    await edge.start(port)
    assert await peer.text("work") == "worked"


async def test_40_expired_credentials_are_renewed_once(program, edge):
    peer = await program.start(edge)
    edge.on("tools/call", refused(403, "ExpiredTokenException", "expired"))
    assert await peer.text("work") == "worked"
    log = await peer.notification("notifications/message")
    assert (log["level"], log["logger"]) == ("debug", "mcp-agentcore-proxy")
    assert "credentials expired" in log["data"]
    assert len({call.header(RUNTIME_SESSION) for call in edge.calls}) == 1 and len(edge.calls) == 2


async def test_41_twice_expired_is_an_error(program, edge):
    peer = await program.start(edge)
    edge.always("tools/call", refused(403, "ExpiredTokenException", "expired"))
    error = await peer.refusal("tools/call", {"name": "work"})
    assert error["code"] == -32000 and "ExpiredTokenException" in error["message"]
    assert len(edge.calls) == 2


async def test_42_a_sign_in_that_ends_meanwhile_is_told(ours, edge):
    folder = ours.world.home / ".aws"
    folder.mkdir()
    keys = edge.judge.keys[0]
    (folder / "credentials").write_text(f"[work]\naws_access_key_id = {keys.id}\naws_secret_access_key = {keys.secret}\n")
    peer = await ours.start(edge, AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None, AWS_PROFILE="work")
    await peer.request("ping")
    (folder / "credentials").unlink()
    (folder / "config").write_text(
        "[profile work]\nsso_start_url = https://example.com\nsso_region = us-west-2\n"
        "sso_account_id = 1\nsso_role_name = r\n"
    )
    error = await peer.refusal("ping")
    assert error["code"] == -32000
    assert error["message"].startswith("Credential refresh failed: AWS SSO session is expired")
    assert "`aws sso login --profile work`" in error["message"]
    log = await peer.notification("notifications/message")
    assert log["level"] == "error" and "aws sso login" in log["data"]


async def test_43_keys_that_change_on_disk_count_from_the_next_call(ours, edge):
    folder = ours.world.home / ".aws"
    folder.mkdir()

    def write(keys):
        fresh = folder / "new"
        fresh.write_text(f"[default]\naws_access_key_id = {keys.id}\naws_secret_access_key = {keys.secret}\n")
        fresh.rename(folder / "credentials")

    write(edge.judge.keys[0])
    peer = await ours.start(edge, AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)
    await peer.request("ping")
    edge.judge.keys = [Keys("AKIDOTHER", "another-secret")]
    write(edge.judge.keys[0])
    assert await peer.text("work") == "worked"
    assert [key for key, _, _ in edge.judge.seen] == ["AKIDEXAMPLE", "AKIDOTHER"]
