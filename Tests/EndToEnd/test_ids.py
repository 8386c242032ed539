"""Ids: each direction has its own, every spelling comes back as it went, none is crossed."""

import json

import pytest

TOKENS = [
    "1",
    '"1"',
    "1.0",
    "-0",
    "1e2",
    "9223372036854775808",
    "18446744073709551616",
    "-9223372036854775809",
    "0",
    '""',
    '"\\u0041"',
    '"a\\/b"',
    '"\U0001f600"',
    "0.1",
    "1E400",
    '"' + "x" * 1000 + '"',
]


@pytest.mark.parametrize("token", TOKENS)
async def test_an_id_comes_back_in_the_very_bytes_it_came_in(world, token):
    client = await world.client({"few": world.raw("few")})
    for method, params in (
        ("ping", "{}"),
        ("tools/list", "{}"),
        ("tools/call", '{"name":"few__echo","arguments":{}}'),
        ("no/such", "{}"),
    ):
        before = len(client.lines)
        client.send_line(f'{{"jsonrpc":"2.0","id":{token},"method":"{method}","params":{params}}}')
        await client.hear(lambda m: "method" not in m, f"an answer to {token}")
        answers = [line for line in client.lines[before:] if b'"method"' not in line]
        assert f'"id":{token}'.encode() in answers[0]


async def test_ids_of_different_spelling_in_flight_together_are_different(world):
    client = await world.client({"kinds": world.raw("kinds")})
    tokens = ["1", '"1"', "1.0", "10e-1", '"\\u0031"']
    for n, token in enumerate(tokens):
        client.send_line(
            f'{{"jsonrpc":"2.0","id":{token},"method":"tools/call","params":{{"name":"kinds__hold","arguments":{{"tag":{n}}}}}}}'
        )
    await world.witness.saw("executed", tool="hold", times=len(tokens))
    for n in range(len(tokens)):
        await client.text("kinds__release", {"tag": n}, id=f"release-{n}")
    for n, token in enumerate(tokens):
        await client.hear(lambda m, n=n: f"released {n}" in json.dumps(m), f"the answer to {token}")
        line = next(line for line in client.lines if f"released {n}".encode() in line)
        assert f'"id":{token}'.encode() in line


async def test_a_duplicate_id_in_flight_is_refused_and_the_first_unhurt(world):
    client = await world.client({"kinds": world.raw("kinds")})
    client.begin_call("kinds__hold", {"tag": "first"}, id=7)
    await world.witness.saw("executed", tool="hold")
    client.begin_call("kinds__echo", {"text": "second"}, id=7)
    assert (await client.answer(7))["error"]["code"] == -32600
    await client.call("kinds__release", {"tag": "first"}, id=8)
    assert (await client.answer(7))["result"]["content"][0]["text"] == "released first"
    assert world.witness.count("executed", tool="echo") == 0
    assert await client.text("kinds__echo", {"text": "again"}, id=7) == "again"


async def test_answers_come_in_order_of_completion(world):
    client = await world.client({"kinds": world.raw("kinds")})
    held = client.begin_call("kinds__hold", {"tag": 1})
    await world.witness.saw("executed", tool="hold")
    assert await client.text("kinds__echo", {"text": "overtakes"}) == "overtakes"
    await client.call("kinds__release", {"tag": 1})
    await client.answer(held)


async def test_an_upstream_may_use_the_very_id_of_the_call_that_it_answers(world):
    client = await world.client({"kinds": world.raw("kinds")})
    call = client.begin_call("kinds__ask_with_my_id")
    client.reply(await client.question("roots/list"), {"roots": []})
    answer = json.loads((await client.answer(call))["result"]["content"][0]["text"])
    assert answer["result"] == {"roots": []}


@pytest.mark.parametrize("id", [0, "0", -1, 2**63, "q", "", 1.5])
async def test_an_upstream_question_may_have_any_id(world, id):
    client = await world.client({"kinds": world.raw("kinds")})
    call = client.begin_call("kinds__ask", {"method": "roots/list", "id": id})
    client.reply(await client.question("roots/list"), {"roots": [{"uri": "file:///x"}]})
    answer = json.loads((await client.answer(call))["result"]["content"][0]["text"])
    assert answer["id"] == id and type(answer["id"]) is type(id)
    assert answer["result"]["roots"][0]["uri"] == "file:///x"


async def test_two_upstreams_asking_under_one_id_get_their_own_answers(world):
    client = await world.client({"left": world.raw("kinds"), "right": world.raw("kinds")})
    calls = {
        side: client.begin_call(
            f"{side}__ask",
            {
                "method": "elicitation/create",
                "id": 1,
                "params": {
                    "message": f"from {side}",
                    "requestedSchema": {"type": "object", "properties": {}},
                },
            },
        )
        for side in ("left", "right")
    }
    questions = [await client.question("elicitation/create") for _ in calls]
    assert questions[0]["id"] != questions[1]["id"]
    for question in reversed(questions):
        side = "left" if "from left" in question["params"]["message"] else "right"
        client.reply(question, {"action": "accept", "content": {"side": side}})
    for side, call in calls.items():
        answer = json.loads((await client.answer(call))["result"]["content"][0]["text"])
        assert answer["id"] == 1 and answer["result"]["content"] == {"side": side}


async def test_an_answer_under_an_id_nobody_gave_out_is_no_answer(world):
    client = await world.client({"liar": world.raw("liar")})
    call = client.begin_call("liar__work")
    assert (await client.answer(call))["result"]["content"][0]["text"] == "right"
    assert await client.request("ping") == {}
    assert client.unheard() == []


async def test_upstream_ids_are_integers_that_start_at_one(world):
    """0, null and strings trip servers that test ids for truth."""
    client = await world.client({"kinds": world.raw("kinds")})
    await client.call("kinds__echo", {}, id="a string")
    id = (await world.witness.saw("executed"))["id"]
    assert type(id) is int and id >= 1
