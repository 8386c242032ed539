"""The official conformance suite's scenarios for servers that only 2026-07-28 has, by their names."""

import asyncio
import base64

import pytest

from harness.eras import META, MODERN, envelope
from harness.http_peer import Exchange

REVISIONS = [MODERN]
LISTS = {
    "tools/list": {},
    "prompts/list": {},
    "resources/list": {},
    "resources/templates/list": {},
    "resources/read": {"uri": "test://static-text"},
}


async def refused(exchange: Exchange, status: int, code: int) -> dict:
    """The error of a request that must be refused like this, under its own id."""
    error = await exchange.error()
    assert (exchange.status, error["code"]) == (status, code), exchange.story()
    assert exchange.response() is not None, f"the error has another id\n{exchange.story()}"
    return error


# server-stateless


@pytest.mark.parametrize("missing", ["_meta", "protocolVersion", "clientCapabilities"])
async def test_server_stateless_request_meta_invalid(client, missing):
    meta = None if missing == "_meta" else {k: v for k, v in envelope().items() if k != META + missing}
    message = {"jsonrpc": "2.0", "id": 101, "method": "server/discover"}
    message["params"] = {} if meta is None else {"_meta": meta}
    await refused(client.post(message, checked=False), 400, -32602)


async def test_server_stateless_request_meta_client_info_optional(client):
    exchange = client.begin("server/discover", meta={META + "clientInfo": None})
    await exchange.result()
    assert exchange.status == 200


async def test_server_stateless_server_implements_discover(client):
    result = await client.request("server/discover")
    assert MODERN in result["supportedVersions"] and isinstance(result["capabilities"], dict)


async def test_server_stateless_server_identifies_in_result_meta(client):
    identity = (await client.request("server/discover"))["_meta"][META + "serverInfo"]
    assert identity["name"] and identity["version"]


async def test_server_stateless_discover_capabilities_match_handlers(client):
    offered = (await client.request("server/discover"))["capabilities"]
    for kind in ("tools", "prompts", "resources"):
        exchange = client.begin(f"{kind}/list")
        if kind in offered:
            assert isinstance((await exchange.result())[kind], list)
        else:
            assert (await exchange.error())["code"] == -32601


async def test_server_stateless_server_unsupported_version_error(client):
    supported = (await client.request("server/discover"))["supportedVersions"]
    unknown = "v999.0.0"
    exchange = client.begin(
        "server/discover",
        meta={META + "protocolVersion": unknown},
        headers={"MCP-Protocol-Version": unknown},
        checked=False,
    )
    error = await refused(exchange, 400, -32022)
    assert error["data"]["requested"] == unknown
    assert error["data"]["supported"] and set(error["data"]["supported"]) <= set(supported)


async def test_server_stateless_http_server_header_mismatch(client):
    exchange = client.begin("server/discover", meta={META + "protocolVersion": "v999.0.0"}, checked=False)
    await refused(exchange, 400, -32020)


async def test_server_stateless_server_rejects_undeclared_capability(client):
    exchange = client.begin_call("test_missing_capability", meta={META + "clientCapabilities": {}})
    error = await refused(exchange, 400, -32021)
    assert isinstance(error["data"]["requiredCapabilities"]["sampling"], dict)


REMOVED = ["initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"]


@pytest.mark.parametrize("method", [*REMOVED, "unknown/method"])
async def test_server_stateless_http_server_method_not_found(client, method):
    await refused(client.begin(method, id=500, checked=False), 404, -32601)


async def test_server_stateless_http_server_no_independent_requests_on_stream(client):
    only = {META + "clientCapabilities": {"elicitation": {}}}
    exchange = client.begin_call("test_streaming_elicitation", meta=only, token=1)
    result = await exchange.result()
    assert result["resultType"] == "input_required"
    assert [m for m in exchange.messages if "method" in m and "id" in m] == []


async def test_server_stateless_server_no_log_without_loglevel(client):
    exchange = await client.begin_call("test_logging_tool").done()
    assert exchange.notifications("notifications/message") == []
    assert not exchange.response()["result"].get("isError")


def listen(client, **filter) -> Exchange:
    return client.begin("subscriptions/listen", {"notifications": filter})


def tag(message: dict):
    return message["params"]["_meta"][META + "subscriptionId"]


async def test_server_stateless_server_sends_subscription_ack(client):
    stream = listen(client, toolsListChanged=True)
    first = await stream.next("the acknowledgement")
    assert first["method"] == "notifications/subscriptions/acknowledged"
    assert first["params"]["notifications"] == {"toolsListChanged": True}


async def test_server_stateless_server_tags_subscription_id(client):
    stream = listen(client, toolsListChanged=True)
    await stream.hear("notifications/subscriptions/acknowledged")
    await client.call("test_trigger_tool_change")
    await stream.hear("notifications/tools/list_changed")
    assert {repr(tag(message)) for message in stream.messages} == {repr(stream.id)}


async def test_server_stateless_server_honors_notification_filter(client):
    stream = listen(client, promptsListChanged=True)
    await stream.hear("notifications/subscriptions/acknowledged")
    await client.call("test_trigger_tool_change")
    # What comes last proves that what came before it was not for this stream.
    await client.call("test_trigger_prompt_change")
    await stream.hear("notifications/prompts/list_changed")
    assert stream.notifications("notifications/tools/list_changed") == []


@pytest.mark.parametrize("kind", ["prompt", "tool"])
async def test_server_stateless_server_sends_list_changed_on_subscription(client, kind):
    offered = (await client.request("server/discover"))["capabilities"]
    assert offered[f"{kind}s"]["listChanged"] is True
    stream = listen(client, **{f"{kind}sListChanged": True})
    await stream.hear("notifications/subscriptions/acknowledged")
    await client.call(f"test_trigger_{kind}_change")
    await stream.hear(f"notifications/{kind}s/list_changed")


# sep-2164-resource-not-found, caching


async def test_sep_2164_resource_not_found(client):
    uri = "test://nonexistent-resource-for-conformance-testing"
    error = await client.begin("resources/read", {"uri": uri}).error()
    assert (error["code"], error["data"]["uri"]) == (-32602, uri)


@pytest.mark.parametrize("method", [*LISTS, "server/discover"])
async def test_caching(client, method):
    result = await client.request(method, LISTS.get(method))
    assert type(result["ttlMs"]) is int and result["ttlMs"] >= 0
    assert result["cacheScope"] in ("public", "private")


# input-required-result

ANSWERS = {
    "elicitation/create": {"action": "accept", "content": {"name": "Alice", "ok": True, "color": "blue"}},
    "sampling/createMessage": {
        "role": "assistant",
        "content": {"type": "text", "text": "Paris."},
        "model": "m",
        "stopReason": "endTurn",
    },
    "roots/list": {"roots": [{"uri": "file:///test/root", "name": "root"}]},
}


def tool(name: str, **more) -> dict:
    return {"name": f"test_input_required_result_{name}", "arguments": {}, **more}


def answered(result: dict) -> dict:
    """What a client adds to the retry: an answer to each question, and the state as it came."""
    assert result["resultType"] == "input_required", result
    answers = {key: ANSWERS[question["method"]] for key, question in result["inputRequests"].items()}
    state = {"requestState": result["requestState"]} if "requestState" in result else {}
    return {"inputResponses": answers, **state}


def asked(result: dict) -> list[str]:
    return sorted(question["method"] for question in result["inputRequests"].values())


def complete(result: dict) -> bool:
    return result.get("resultType", "complete") == "complete"


async def rounds(client, name: str, *methods: str) -> str:
    """One tool asked and answered: it must ask for exactly this, then be done."""
    first = await client.request("tools/call", tool(name))
    assert asked(first) == sorted(methods)
    second = await client.request("tools/call", tool(name, **answered(first)))
    assert complete(second), second
    return second["content"][0]["text"]


async def test_input_required_result_basic_elicitation(client):
    first = await client.request("tools/call", tool("elicitation"))
    assert list(first["inputRequests"]) == ["user_name"]
    assert "Alice" in await rounds(client, "elicitation", "elicitation/create")


async def test_input_required_result_basic_sampling(client):
    assert "Paris." in await rounds(client, "sampling", "sampling/createMessage")


async def test_input_required_result_basic_list_roots(client):
    assert "file:///test/root" in await rounds(client, "list_roots", "roots/list")


async def test_input_required_result_request_state(client):
    first = await client.request("tools/call", tool("request_state"))
    assert isinstance(first["requestState"], str) and first["requestState"] and first["inputRequests"]
    second = await client.request("tools/call", tool("request_state", **answered(first)))
    assert complete(second) and "state-ok" in second["content"][0]["text"]


async def test_input_required_result_multiple_input_requests(client):
    await rounds(client, "multiple_inputs", *ANSWERS)
    assert (await client.request("tools/call", tool("multiple_inputs")))["requestState"]


async def test_input_required_result_multi_round(client):
    first = await client.request("tools/call", tool("multi_round"))
    second = await client.request("tools/call", tool("multi_round", **answered(first)))
    assert second["resultType"] == "input_required" and second["requestState"] != first["requestState"]
    third = await client.request("tools/call", tool("multi_round", **answered(second)))
    assert complete(third) and third["content"][0]["text"] == "Alice likes blue"


async def test_input_required_result_missing_input_response(client):
    wrong = {"wrong_key": ANSWERS["elicitation/create"]}
    result = await client.request("tools/call", tool("elicitation", inputResponses=wrong))
    assert result["resultType"] == "input_required" and "user_name" in result["inputRequests"]


async def test_input_required_result_non_tool_request(client):
    params = {"name": "test_input_required_result_prompt"}
    first = await client.request("prompts/get", params)
    assert asked(first) == ["elicitation/create"]
    second = await client.request("prompts/get", {**params, **answered(first)})
    assert complete(second) and second["messages"]


async def test_input_required_result_result_type(client):
    assert (await client.request("tools/call", tool("elicitation")))["resultType"] == "input_required"


async def test_input_required_result_unsupported_methods(client):
    for method in ("tools/list", "prompts/list"):
        assert complete(await client.request(method))


async def test_input_required_result_tampered_state(client):
    first = await client.request("tools/call", tool("tampered_state"))
    retry = answered(first)
    for state in (first["requestState"] + "-TAMPERED", first["requestState"][:-2], "x"):
        exchange = client.begin("tools/call", tool("tampered_state", **{**retry, "requestState": state}))
        assert (await exchange.error())["code"] == -32602
    assert complete(await client.request("tools/call", tool("tampered_state", **retry)))


async def test_input_required_result_capability_check(client):
    only = {META + "clientCapabilities": {"sampling": {}}}
    result = await client.request("tools/call", tool("capabilities"), meta=only)
    assert result["resultType"] == "input_required" and asked(result) == ["sampling/createMessage"]


async def test_input_required_result_ignore_extra_params(client):
    yes = ANSWERS["elicitation/create"]
    extra = {"user_name": yes, "unknown_extra_key": yes, "another_unexpected": yes}
    assert complete(await client.request("tools/call", tool("elicitation", inputResponses=extra)))


@pytest.mark.parametrize("responses", [{"user_name": 12345}, None], ids=["number", "null"])
async def test_input_required_result_validate_input(client, responses):
    exchange = client.begin("tools/call", tool("elicitation", inputResponses=responses), checked=False)
    await asyncio.wait([exchange.task])
    [message] = exchange.messages
    assert "error" in message or not complete(message["result"])


# http-header-validation

STANDARD = {
    # what is changed: method, params, headers, whether it is still right
    "mismatched method": ("tools/list", {}, {"Mcp-Method": "prompts/list"}, False),
    "missing method": ("tools/list", {}, {"Mcp-Method": None}, False),
    "method in upper case": ("tools/list", {}, {"Mcp-Method": "TOOLS/LIST"}, False),
    "mismatched name": ("tools/call", {"name": "test_simple_text"}, {"Mcp-Name": "wrong_tool_name"}, False),
    "missing name": ("tools/call", {"name": "test_simple_text"}, {"Mcp-Name": None}, False),
    "white space around": (
        "tools/call",
        {"name": "test_simple_text"},
        {"Mcp-Name": "  test_simple_text  "},
        True,
    ),
    "header in lower case": ("tools/list", {}, {"mcp-method": "tools/list"}, True),
    "header in upper case": ("tools/list", {}, {"MCP-METHOD": "tools/list"}, True),
}


async def judged(exchange: Exchange, right: bool) -> None:
    if right:
        await exchange.result()
        assert exchange.status == 200
    else:
        await refused(exchange, 400, -32020)


@pytest.mark.parametrize("case", STANDARD)
async def test_http_header_validation(client, case):
    method, params, headers, right = STANDARD[case]
    await judged(client.begin(method, params, headers=headers), right)


# http-custom-header-server-validation

HELLO = base64.b64encode(b"Hello").decode()
CUSTOM = {
    # what is changed: the argument, its header, whether it is still right
    "base64": ("Hello", f"=?base64?{HELLO}?=", True),
    "base64 without padding": ("Hello", "=?base64?SGVsbG8?=", False),
    "no base64": ("Hello", "=?base64?SGVs!!!bG8=?=", False),
    "no prefix is literal": (HELLO, HELLO, True),
    "no suffix is literal": (f"=?base64?{HELLO}", f"=?base64?{HELLO}", True),
    "missing": ("test-value", None, False),
    "another value": ("test-value", "other", False),
}


@pytest.mark.parametrize("case", CUSTOM)
async def test_http_custom_header_server_validation(client, case):
    value, header, right = CUSTOM[case]
    tools = (await client.request("tools/list"))["tools"]
    [annotated] = [t for t in tools if t["name"] == "test_x_mcp_header"]
    name = annotated["inputSchema"]["properties"]["region"]["x-mcp-header"]
    exchange = client.begin_call(
        "test_x_mcp_header", {"region": value}, headers={f"Mcp-Param-{name}": header}
    )
    await judged(exchange, right)
    if right:
        assert value in exchange.response()["result"]["content"][0]["text"]
