"""A cancellation reaches the one call that it names, at once, and nobody else."""

import json


def cancel(client, id, reason: str = "changed my mind") -> None:
    client.notify("notifications/cancelled", {"requestId": id, "reason": reason})


async def test_one_of_a_hundred_is_cancelled_and_the_upstream_sees_exactly_that(world):
    client = await world.client({"left": world.raw("kinds"), "right": world.raw("kinds")})
    calls = {
        n: client.begin_call(f"{('left', 'right')[n % 2]}__hold", {"tag": n}, id=f"call-{n}")
        for n in range(100)
    }
    await world.witness.saw("executed", times=100, tool="hold")
    cancel(client, "call-42")
    seen = await world.witness.saw("cancelled")
    executed = world.witness.all("executed", tool="hold", arguments={"tag": 42})[0]
    assert seen["known"] and seen["arguments"] == {"tag": 42}
    assert (seen["request"], seen["pid"]) == (executed["id"], executed["pid"])
    for n in [n for n in calls if n != 42]:
        side = ("left", "right")[n % 2]
        await client.call(f"{side}__release", {"tag": n})
        assert (await client.answer(calls[n]))["result"]["content"][0]["text"] == f"released {n}"
    assert world.witness.count("cancelled") == 1
    assert client.unheard() == []


async def test_a_cancelled_call_is_answered_by_nothing_even_when_the_upstream_does(world):
    client = await world.client({"kinds": world.raw("kinds")})
    client.begin_call("kinds__hold", id="gone")
    executed = await world.witness.saw("executed", tool="hold")
    cancel(client, "gone")
    await world.witness.saw("cancelled")
    await client.call("kinds__answer_anyway", {"id": executed["id"]})
    await client.request("ping")
    assert client.unheard() == []


async def test_the_id_of_a_cancelled_call_may_be_used_again(world):
    client = await world.client({"kinds": world.raw("kinds")})
    client.begin_call("kinds__hold", id=5)
    await world.witness.saw("executed", tool="hold")
    cancel(client, 5)
    await world.witness.saw("cancelled")
    assert await client.text("kinds__echo", {"text": "new"}, id=5) == "new"


async def test_a_cancellation_of_nothing_is_ignored(world):
    client = await world.client({"kinds": world.raw("kinds")})
    client.begin_call("kinds__hold", id=1000)
    executed = await world.witness.saw("executed", tool="hold")
    for id in ("1000", 1001, executed["id"] + 500, None, 1000.5):
        cancel(client, id)
    client.notify("notifications/cancelled", {})
    client.notify("notifications/cancelled")
    await client.call("kinds__echo")
    assert world.witness.count("cancelled") == 0


async def test_a_cancellation_after_the_answer_is_ignored(world):
    client = await world.client({"kinds": world.raw("kinds")})
    await client.call("kinds__echo", id="done")
    cancel(client, "done")
    await client.call("kinds__echo")
    assert world.witness.count("cancelled") == 0


async def test_initialize_cannot_be_cancelled(world):
    client = await world.serve({"few": world.raw("few")})
    id = client.begin(
        "initialize",
        {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}},
    )
    cancel(client, id)
    assert "result" in await client.answer(id)


async def test_a_call_that_waits_for_its_upstream_is_cancelled_without_being_sent(world):
    gate = world.gate()
    client = await world.client({"late": world.raw("few", env={"GATE": gate.path})})
    client.begin_call("late__echo", {"text": "first"}, id="first")
    await world.witness.saw("gated")
    cancel(client, "first")
    gate.open()
    assert await client.text("late__echo", {"text": "second"}) == "few/echo: second"
    assert [f["arguments"] for f in world.witness.all("executed")] == [{"text": "second"}]


async def test_the_question_of_a_cancelled_call_is_withdrawn_and_its_answer_dropped(world):
    client = await world.client({"kinds": world.raw("kinds")})
    client.begin_call(
        "kinds__ask",
        {
            "method": "elicitation/create",
            "params": {"message": "?", "requestedSchema": {"type": "object", "properties": {}}},
        },
        id="asks",
    )
    question = await client.question("elicitation/create")
    cancel(client, "asks")
    await world.witness.saw("cancelled")
    client.reply(question, {"action": "accept", "content": {}})
    assert await client.text("kinds__echo", {"text": "on"}) == "on"
    assert client.unheard(lambda m: "method" not in m) == []


async def test_an_upstream_may_withdraw_its_question(world):
    client = await world.client({"kinds": world.raw("kinds")})
    await client.call("kinds__ask_and_withdraw")
    question = await client.question("elicitation/create")
    await client.call("kinds__withdraw")
    withdrawn = await client.notification("notifications/cancelled")
    assert withdrawn["requestId"] == question["id"] and type(withdrawn["requestId"]) is type(question["id"])
    client.reply(question, {"action": "accept", "content": {}})
    assert json.loads(json.dumps(await client.request("ping"))) == {}
