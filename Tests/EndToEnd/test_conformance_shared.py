"""The official conformance suite's scenarios for servers that both revisions have, by their names."""

import re

from harness.eras import MODERN, NEWEST

REVISIONS = [NEWEST, MODERN]


def kinds(result: dict) -> list[str]:
    return [block["type"] for block in result["content"]]


async def test_completion_complete(client):
    ref = {"type": "ref/prompt", "name": "test_prompt_with_arguments"}
    result = await client.request(
        "completion/complete", {"ref": ref, "argument": {"name": "arg1", "value": "test"}}
    )
    assert isinstance(result["completion"]["values"], list)


async def test_tools_list(client):
    tools = (await client.request("tools/list"))["tools"]
    assert "test_simple_text" in [tool["name"] for tool in tools]
    for tool in tools:
        assert re.fullmatch(r"[A-Za-z0-9_./-]{1,64}", tool["name"])
        assert tool["description"] and tool["inputSchema"]["type"] == "object"


async def test_tools_call_simple_text(client):
    result = await client.request("tools/call", {"name": "test_simple_text"})
    assert kinds(result) == ["text"] and result["content"][0]["text"]


async def test_tools_call_image(client):
    result = await client.call("test_image_content")
    image = result["content"][kinds(result).index("image")]
    assert image["data"] and image["mimeType"] == "image/png"


async def test_tools_call_audio(client):
    result = await client.call("test_audio_content")
    audio = result["content"][kinds(result).index("audio")]
    assert audio["data"] and audio["mimeType"] == "audio/wav"


async def test_tools_call_embedded_resource(client):
    result = await client.call("test_embedded_resource")
    resource = result["content"][kinds(result).index("resource")]["resource"]
    assert resource["uri"] and resource["mimeType"] and (resource.get("text") or resource.get("blob"))


async def test_tools_call_mixed_content(client):
    result = await client.call("test_multiple_content_types")
    assert {"text", "image", "resource"} <= set(kinds(result))


async def test_tools_call_error(client):
    result = await client.call("test_error_handling")
    assert result["isError"] is True and result["content"][0]["text"]


async def test_tools_call_with_progress(client):
    exchange = client.begin_call("test_tool_with_progress", token="progress-test-1")
    await exchange.result()
    steps = exchange.notifications("notifications/progress")
    mine = [step["progress"] for step in steps if step["progressToken"] == "progress-test-1"]
    assert len(mine) >= 3 and mine == sorted(mine)
    assert len(mine) == len(steps)


async def test_server_sse_multiple_streams(client):
    exchanges = [client.begin("tools/list", id=1000 + n) for n in range(3)]
    for exchange in exchanges:
        await exchange.result()
        assert exchange.status == 200
        assert exchange.type in ("application/json", "text/event-stream")


async def test_resources_list(client):
    resources = (await client.request("resources/list"))["resources"]
    assert all(resource["uri"] and resource["name"] for resource in resources)
    assert {"test://static-text", "test://static-binary", "test://watched-resource"} <= {
        resource["uri"] for resource in resources
    }


async def test_resources_read_text(client):
    [content] = (await client.request("resources/read", {"uri": "test://static-text"}))["contents"]
    assert content["uri"] == "test://static-text" and content["mimeType"] and content["text"]


async def test_resources_read_binary(client):
    [content] = (await client.request("resources/read", {"uri": "test://static-binary"}))["contents"]
    assert content["uri"] == "test://static-binary" and content["mimeType"] and content["blob"]


async def test_resources_templates_read(client):
    result = await client.request("resources/read", {"uri": "test://template/123/data"})
    [content] = result["contents"]
    assert content["uri"] == "test://template/123/data" and "123" in content["text"]


async def test_prompts_list(client):
    prompts = (await client.request("prompts/list"))["prompts"]
    assert {"test_simple_prompt", "test_prompt_with_arguments"} <= {prompt["name"] for prompt in prompts}
    assert all(prompt["description"] for prompt in prompts)


async def test_prompts_get_simple(client):
    result = await client.request("prompts/get", {"name": "test_simple_prompt"})
    assert result["messages"] and all(message["role"] for message in result["messages"])
    assert all(message["content"] for message in result["messages"])


async def test_prompts_get_with_args(client):
    arguments = {"arg1": "testValue1", "arg2": "testValue2"}
    result = await client.request(
        "prompts/get", {"name": "test_prompt_with_arguments", "arguments": arguments}
    )
    text = "".join(message["content"]["text"] for message in result["messages"])
    assert "testValue1" in text and "testValue2" in text


async def test_prompts_get_embedded_resource(client):
    arguments = {"resourceUri": "test://example-resource"}
    result = await client.request(
        "prompts/get", {"name": "test_prompt_with_embedded_resource", "arguments": arguments}
    )
    [found] = [m["content"] for m in result["messages"] if m["content"]["type"] == "resource"]
    assert found["resource"]["uri"] == "test://example-resource"


async def test_prompts_get_with_image(client):
    result = await client.request("prompts/get", {"name": "test_prompt_with_image"})
    [found] = [m["content"] for m in result["messages"] if m["content"]["type"] == "image"]
    assert found["data"] and found["mimeType"]


async def status(client, host: str) -> int:
    """What a first request gets that says it was sent to this host, from a page of that host."""
    method = "server/discover" if client.modern else "initialize"
    params = (
        {}
        if client.modern
        else {"protocolVersion": client.version, "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}
    )
    lines = {"Host": host, "Origin": f"http://{host}", "MCP-Protocol-Version": client.version}
    if not client.modern:
        lines["Mcp-Session-Id"] = None
    return (await client.begin(method, params, headers=lines).begun()).status


async def test_dns_rebinding_protection(client, target):
    assert 400 <= await status(client, "evil.example.com") < 500
    port = target.url.rsplit(":", 1)[1].split("/")[0]
    for host in ("127.0.0.1", "localhost"):
        assert 200 <= await status(client, f"{host}:{port}") < 300


async def test_json_schema_2020_12(client):
    tools = (await client.request("tools/list"))["tools"]
    [schema] = [tool["inputSchema"] for tool in tools if tool["name"] == "json_schema_2020_12_tool"]
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$defs"]["address"]["$anchor"] == "addressDef"
    assert schema["additionalProperties"] is False
    assert any(isinstance(part.get("anyOf"), list) for part in schema["allOf"])
    assert {"if", "then", "else"} <= set(schema)
