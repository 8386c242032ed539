"""The official conformance suite's scenarios for servers that only 2025-11-25 has, by their names."""

import re

from harness.eras import NEWEST

REVISIONS = [NEWEST]


async def test_server_initialize(client):
    assert client.negotiated == NEWEST
    # An id is optional; one that is given is visible ASCII.
    assert client.session is None or re.fullmatch(r"[\x21-\x7e]+", client.session)


async def test_server_session_lifecycle(client):
    # `client` is here because `notifications/initialized` was accepted on the session.
    assert client.session
    ended = await client.bare("DELETE").done()
    assert 200 <= ended.status < 300
    after = await client.begin("tools/list").begun()
    assert after.status == 404


async def test_ping(client):
    assert await client.request("ping") == {}


async def test_logging_set_level(client):
    assert await client.request("logging/setLevel", {"level": "info"}) == {}


async def test_tools_call_with_logging(client):
    await client.request("logging/setLevel", {"level": "debug"})
    # A line may come on the call's stream or on the one for what is said unasked, where there is one.
    await client.listen().begun()
    await client.call("test_tool_with_logging")
    logs = await client.hears("notifications/message", times=3)
    assert len(logs) == 3 and all(log["level"] == "info" for log in logs)


async def test_tools_call_sampling(client):
    asked = []

    def sampled(params: dict) -> dict:
        asked.append(params)
        text = {"type": "text", "text": "an answer of the client"}
        return {"role": "assistant", "content": text, "model": "m", "stopReason": "endTurn"}

    client.answers["sampling/createMessage"] = sampled
    text = await client.text("test_sampling", {"prompt": "the prompt"})
    [params] = asked
    assert params["messages"][0]["content"] == {"type": "text", "text": "the prompt"}
    assert "an answer of the client" in text


async def asked(client, tool: str, content: dict, arguments: dict | None = None) -> tuple[dict, str]:
    """What a tool asks the user for, and what it makes of this answer."""
    questions = []

    def accepted(params: dict) -> dict:
        questions.append(params)
        return {"action": "accept", "content": content}

    client.answers["elicitation/create"] = accepted
    text = await client.text(tool, arguments)
    [params] = questions
    return params, text


async def test_tools_call_elicitation(client):
    content = {"username": "testuser", "email": "test@example.com"}
    params, text = await asked(client, "test_elicitation", content, {"message": "Who are you?"})
    assert params["message"].endswith("Who are you?")
    assert {"username", "email"} <= set(params["requestedSchema"]["properties"])
    assert "testuser" in text and "accept" in text


async def test_elicitation_sep1034_defaults(client):
    content = {"name": "Jane", "age": 25, "score": 88.0, "status": "inactive", "verified": False}
    params, text = await asked(client, "test_elicitation_sep1034_defaults", content)
    fields = params["requestedSchema"]["properties"]
    defaults = {name: (field["type"], field["default"]) for name, field in fields.items()}
    assert defaults == {
        "name": ("string", "John Doe"),
        "age": ("integer", 30),
        "score": ("number", 95.5),
        "status": ("string", "active"),
        "verified": ("boolean", True),
    }
    assert fields["status"]["default"] in fields["status"]["enum"]
    assert "Jane" in text


def titled(choices: list[dict]) -> bool:
    return bool(choices) and all(isinstance(c["const"], str) and isinstance(c["title"], str) for c in choices)


async def test_elicitation_sep1330_enums(client):
    content = {
        "untitledSingle": "option1",
        "titledSingle": "value1",
        "legacyEnum": "opt1",
        "untitledMulti": ["option1", "option2"],
        "titledMulti": ["value1", "value2"],
    }
    params, text = await asked(client, "test_elicitation_sep1330_enums", content)
    fields = params["requestedSchema"]["properties"]
    single, named, old = fields["untitledSingle"], fields["titledSingle"], fields["legacyEnum"]
    assert single["type"] == "string" and single["enum"] and not {"oneOf", "enumNames"} & set(single)
    assert named["type"] == "string" and titled(named["oneOf"]) and "enum" not in named
    assert old["type"] == "string" and len(old["enum"]) == len(old["enumNames"])
    several, chosen = fields["untitledMulti"], fields["titledMulti"]
    assert several["type"] == "array" and several["items"]["type"] == "string"
    assert several["items"]["enum"] and "anyOf" not in several["items"]
    assert chosen["type"] == "array" and titled(chosen["items"]["anyOf"]) and "enum" not in chosen["items"]
    assert "option2" in text


async def test_resources_subscribe(client):
    assert await client.request("resources/subscribe", {"uri": "test://watched-resource"}) == {}


async def test_resources_unsubscribe(client):
    await client.request("resources/subscribe", {"uri": "test://watched-resource"})
    assert await client.request("resources/unsubscribe", {"uri": "test://watched-resource"}) == {}


async def test_server_sse_polling(client, target):
    exchange = await client.begin_call("test_reconnection").done()
    assert exchange.status == 200
    ids = [event.id for event in exchange.events if event.id is not None]
    if ids:
        # What can be resumed says so first: an id, nothing else, and how long to wait.
        first = exchange.events[0]
        assert first.id and first.data in ("", None) and first.retry is not None
    answer = exchange.response()
    if answer is None:
        resumed = client.listen(last=ids[-1])
        resumed.id, resumed.method = exchange.id, exchange.method
        answer = await resumed.answer()
    assert answer["result"]["content"][0]["text"] == "resumed"
    assert not target.direct or exchange.response() is None, "the reference drops its stream"
