"""Clients with sessions before a server that only asks inside of its results: the rounds are driven."""

import pytest
from harness.eras import ALL, NEWEST
from harness.peer import Refused

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
TOOL = "test_input_required_result_"


class OnAPipe:
    """A client of standard input and output that answers what it is asked."""

    def __init__(self, peer):
        self.peer, self.asked = peer, []

    async def request(self, method: str, params: dict) -> dict:
        id = self.peer.begin(method, params)
        while True:
            message = await self.peer.hear(
                lambda heard: heard.get("id") == id if "method" not in heard else heard["method"] in ANSWERS,
                f"an answer to {method}, or a question",
            )
            if "method" not in message:
                if "error" in message:
                    raise Refused(message["error"])
                return message["result"]
            self.asked.append((message["method"], message.get("params", {})))
            self.peer.reply(message, ANSWERS[message["method"]])


class OverHTTP:
    """The same over HTTP."""

    def __init__(self, peer):
        self.peer, self.asked = peer, []
        for method in ANSWERS:
            peer.answers[method] = self.answering(method)
        self.request = peer.request

    def answering(self, method: str):
        def answer(params: dict) -> dict:
            self.asked.append((method, params))
            return ANSWERS[method]

        return answer


@pytest.fixture(params=["http", "stdio"])
async def upstream(request, world):
    """A server that knows nothing of sessions."""
    if request.param == "http":
        return {"http": {"url": await world.served("v2", "everything", "modern")}}
    return {**world.sdk("v2", "everything", "stdio"), "era": "modern"}


@pytest.fixture(params=["http", "stdio"])
def connected(request, world, upstream):
    """Connects a client with a session of this revision, which can do this."""

    async def connect(version: str = NEWEST, capabilities=ALL):
        more = {"names": {"prefix": "never"}, "limits": {"startWait": "30 s"}}
        if request.param == "stdio":
            return OnAPipe(
                await world.client({"ref": upstream}, capabilities=capabilities, version=version, **more)
            )
        url = (await world.front({"ref": upstream}, **more)).url
        return OverHTTP(await world.caller(url, version, capabilities=capabilities).ready())

    return connect


async def text(client, tool: str) -> str:
    result = await client.request("tools/call", {"name": TOOL + tool, "arguments": {}})
    assert not result.get("isError") and "resultType" not in result, result
    return result["content"][0]["text"]


async def test_every_kind_of_question_is_asked_and_its_answer_used(connected):
    client = await connected()
    assert await text(client, "elicitation") == "Hello, Alice!"
    assert await text(client, "sampling") == "Paris."
    assert "file:///test/root" in await text(client, "list_roots")
    assert await text(client, "request_state") == "state-ok"
    assert [method for method, _ in client.asked] == [*ANSWERS, "elicitation/create"]
    assert client.asked[0][1]["message"] == "[ref] Your name?"
    assert client.asked[1][1]["messages"][0]["content"]["text"] == "The capital of France?"


async def test_several_questions_and_several_rounds(connected):
    client = await connected()
    assert await text(client, "multiple_inputs") == "all of it"
    assert sorted(method for method, _ in client.asked) == sorted(ANSWERS)
    assert await text(client, "multi_round") == "Alice likes blue"
    assert len(client.asked) == 5


async def test_a_prompt_may_ask_too(connected):
    client = await connected()
    result = await client.request("prompts/get", {"name": TOOL + "prompt"})
    assert result["messages"] and "resultType" not in result
    assert [method for method, _ in client.asked] == ["elicitation/create"]


async def test_only_what_the_session_can_do_is_asked_for(connected):
    client = await connected("2025-06-18", {"elicitation": {}})
    missing = await client.request("tools/call", {"name": "test_missing_capability", "arguments": {}})
    assert missing["isError"] and "sampling" in missing["content"][0]["text"]
    refused = await client.request("tools/call", {"name": TOOL + "sampling", "arguments": {}})
    assert refused["isError"] and "sampling" in refused["content"][0]["text"]
    assert client.asked == []
    assert await text(client, "elicitation") == "Hello, Alice!"


async def test_a_cancelled_call_withdraws_what_it_asks(world, upstream):
    client = await world.client({"ref": upstream}, limits={"startWait": "30 s"})
    call = client.begin_call(f"ref__{TOOL}elicitation")
    question = await client.question("elicitation/create")
    client.notify("notifications/cancelled", {"requestId": call})
    withdrawn = await client.notification("notifications/cancelled")
    assert withdrawn["requestId"] == question["id"]
    client.reply(question, ANSWERS["elicitation/create"])
    again = client.begin_call(f"ref__{TOOL}elicitation")
    client.reply(await client.question("elicitation/create"), ANSWERS["elicitation/create"])
    assert (await client.answer(again))["result"]["content"][0]["text"] == "Hello, Alice!"
    assert client.unheard(lambda message: message.get("id") == call) == []
