"""What upstreams ask the client: sampling, elicitation, roots, each answered to the asker."""

import json

import pytest

FORM = {
    "message": "Your name?",
    "requestedSchema": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
}
SAMPLE = {"messages": [{"role": "user", "content": {"type": "text", "text": "hi"}}], "maxTokens": 5}


def told(text: str) -> dict:
    return json.loads(text)


async def asked(client, method: str, params: dict | None = None, upstream: str = "kinds"):
    """Begins a call that asks: (call id, the question as the client hears it)."""
    call = client.begin_call(f"{upstream}__ask", {"method": method, "params": params})
    return call, await client.question(method)


async def outcome(client, call) -> dict:
    return told((await client.answer(call))["result"]["content"][0]["text"])


async def test_sampling_goes_out_and_its_answer_back(world):
    client = await world.client({"kinds": world.raw("kinds")})
    call, question = await asked(client, "sampling/createMessage", SAMPLE)
    assert question["params"] == SAMPLE
    result = {
        "role": "assistant",
        "content": {"type": "text", "text": "ho"},
        "model": "m",
        "stopReason": "endTurn",
        "vendor": 1.5,
    }
    client.reply(question, result)
    assert (await outcome(client, call))["result"] == result


async def test_sampling_with_tools_is_passed_on_whole(world):
    client = await world.client({"kinds": world.raw("kinds")})
    params = {
        **SAMPLE,
        "tools": [{"name": "add", "inputSchema": {"type": "object"}}],
        "toolChoice": {"mode": "required"},
    }
    call, question = await asked(client, "sampling/createMessage", params)
    assert question["params"] == params
    result = {
        "role": "assistant",
        "content": [{"type": "tool_use", "id": "1", "name": "add", "input": {"a": 2**53 + 1}}],
        "model": "m",
        "stopReason": "toolUse",
    }
    client.reply(question, result)
    assert (await outcome(client, call))["result"] == result


async def test_a_form_says_who_asks_and_is_otherwise_untouched(world):
    client = await world.client({"kinds": world.raw("kinds")})
    call, question = await asked(client, "elicitation/create", FORM)
    message = question["params"]["message"]
    assert message.endswith("Your name?") and "kinds" in message.removesuffix("Your name?")
    assert question["params"]["requestedSchema"] == FORM["requestedSchema"]
    client.reply(question, {"action": "accept", "content": {"name": "Bob"}})
    assert (await outcome(client, call))["result"] == {"action": "accept", "content": {"name": "Bob"}}


async def test_the_message_names_the_title_when_there_is_one(world):
    client = await world.client({"kinds": {**world.raw("kinds"), "title": "Box of kinds"}})
    call, question = await asked(client, "elicitation/create", FORM)
    assert "Box of kinds" in question["params"]["message"]
    client.reply(question, {"action": "cancel"})
    assert (await outcome(client, call))["result"] == {"action": "cancel"}


async def test_url_mode_keeps_its_elicitation_until_completion(world):
    client = await world.client({"kinds": world.raw("kinds")})
    params = {"mode": "url", "message": "Sign in", "url": "https://example.com/a?b=c", "elicitationId": "e-1"}
    call, question = await asked(client, "elicitation/create", params)
    assert (question["params"]["mode"], question["params"]["url"]) == ("url", params["url"])
    client.reply(question, {"action": "accept"})
    assert (await outcome(client, call))["result"] == {"action": "accept"}
    await client.call(
        "kinds__notify", {"method": "notifications/elicitation/complete", "params": {"elicitationId": "e-1"}}
    )
    done = await client.notification("notifications/elicitation/complete")
    assert done["elicitationId"] == question["params"]["elicitationId"]


async def test_equal_elicitation_ids_of_two_upstreams_are_kept_apart(world):
    client = await world.client({"left": world.raw("kinds"), "right": world.raw("kinds")})
    seen = {}
    for side in ("left", "right"):
        call, question = await asked(
            client,
            "elicitation/create",
            {"mode": "url", "message": side, "url": "https://x.y", "elicitationId": "same"},
            side,
        )
        client.reply(question, {"action": "accept"})
        await outcome(client, call)
        seen[side] = question["params"]["elicitationId"]
    assert seen["left"] != seen["right"]
    await client.call(
        "right__notify", {"method": "notifications/elicitation/complete", "params": {"elicitationId": "same"}}
    )
    assert (await client.notification("notifications/elicitation/complete"))["elicitationId"] == seen["right"]


async def test_roots_come_from_the_client(world):
    client = await world.client({"kinds": world.raw("kinds")})
    call, question = await asked(client, "roots/list")
    client.reply(question, {"roots": [{"uri": "file:///w", "name": "w"}]})
    assert (await outcome(client, call))["result"] == {"roots": [{"uri": "file:///w", "name": "w"}]}


async def test_a_change_of_roots_is_told_to_every_upstream_that_runs(world):
    client = await world.client({"left": world.raw("kinds"), "right": world.raw("kinds")})
    await client.names()
    client.notify("notifications/roots/list_changed")
    await world.witness.saw("received", times=2, method="notifications/roots/list_changed")


@pytest.mark.parametrize(
    "code, message", [(-1, "User rejected"), (-32603, "it broke"), (-32042, "elsewhere")]
)
async def test_the_clients_refusal_is_the_upstreams_answer(world, code, message):
    client = await world.client({"kinds": world.raw("kinds")})
    call, question = await asked(client, "sampling/createMessage", SAMPLE)
    client.decline(question, code, message)
    error = (await outcome(client, call))["error"]
    assert (error["code"], error["message"]) == (code, message)


@pytest.mark.parametrize(
    "method, params", [("sampling/createMessage", SAMPLE), ("elicitation/create", FORM), ("roots/list", None)]
)
async def test_what_the_client_cannot_is_refused_without_asking_it(world, method, params):
    client = await world.client({"kinds": world.raw("kinds")}, capabilities={})
    answer = told(await client.text("kinds__ask", {"method": method, "params": params}))
    assert answer["error"]["code"] == -32601
    assert client.unheard() == []


async def test_a_url_question_to_a_client_with_forms_only_is_refused(world):
    client = await world.client({"kinds": world.raw("kinds")}, capabilities={"elicitation": {}})
    answer = told(
        await client.text(
            "kinds__ask",
            {
                "method": "elicitation/create",
                "params": {"mode": "url", "message": "m", "url": "https://x.y", "elicitationId": "1"},
            },
        )
    )
    assert "error" in answer and client.unheard() == []


async def test_a_question_of_an_unknown_kind_is_the_clients_to_refuse(world):
    client = await world.client({"kinds": world.raw("kinds")})
    call, question = await asked(client, "vendor/question", {"x": 1})
    assert question["params"] == {"x": 1}
    client.decline(question, -32601, "Method not found")
    assert (await outcome(client, call))["error"]["code"] == -32601


async def test_questions_cross_while_a_hundred_calls_run(world):
    client = await world.client({"left": world.raw("kinds"), "right": world.raw("kinds")})
    sides = ("left", "right")
    held = {n: client.begin_call(f"{sides[n % 2]}__hold", {"tag": n}) for n in range(80)}
    asking = {}
    for n in range(20):
        method, params = (
            ("sampling/createMessage", {**SAMPLE, "metadata": {"n": n}}),
            ("elicitation/create", {**FORM, "message": f"#{n}"}),
        )[n % 2]
        asking[n] = client.begin_call(f"{sides[n // 2 % 2]}__ask", {"method": method, "params": params})
    questions = [await client.hear(lambda m: "id" in m and "method" in m, "a question") for _ in asking]
    assert len({json.dumps(q["id"]) for q in questions}) == len(questions)
    for question in reversed(questions):
        params = question["params"]
        n = params["metadata"]["n"] if "metadata" in params else int(params["message"].rpartition("#")[2])
        client.reply(
            question,
            {"role": "assistant", "model": "m", "content": {"type": "text", "text": str(n)}}
            if "metadata" in params
            else {"action": "accept", "content": {"name": str(n)}},
        )
    for n, call in asking.items():
        result = (await outcome(client, call))["result"]
        assert str(n) in (result["content"].get("text"), result["content"].get("name"))
    for n, call in held.items():
        await client.call(f"{sides[n % 2]}__release", {"tag": n})
        await client.answer(call)


async def test_a_question_whose_upstream_died_is_withdrawn(world):
    client = await world.client({"kinds": world.raw("kinds")})
    call, question = await asked(client, "elicitation/create", FORM)
    client.begin_call("kinds__die")
    assert (await client.notification("notifications/cancelled"))["requestId"] == question["id"]
    assert (await client.answer(call))["result"]["isError"]
    client.reply(question, {"action": "accept", "content": {"name": "late"}})
    assert await client.text("kinds__echo", {"text": "on"}) == "on"
