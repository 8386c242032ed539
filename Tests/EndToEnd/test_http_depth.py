"""The product behind itself behind itself, over HTTP: what runs both ways still arrives, and once."""

import asyncio
import json

import pytest_asyncio
from harness.eras import MODERN
from harness.limits import soon
from harness.upstream import EVENTS, Call, Upstream

FORM = {
    "message": "Your name?",
    "requestedSchema": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
}
DEPTH = 3


async def deep(world, upstream: dict) -> str:
    """The address of the outermost of three, in front of this upstream; names are the upstream's own."""
    for _ in range(DEPTH):
        front = await world.front({"up": upstream}, names={"prefix": "never"})
        upstream = {"http": {"url": front.url}}
    return front.url


@pytest_asyncio.fixture
async def older(world):
    """A client of the handshake era, three deep in front of a plain server."""
    return await world.caller(await deep(world, world.raw("kinds"))).ready()


@pytest_asyncio.fixture
async def newer(world):
    """A client of the newest revision, three deep in front of an upstream of the same."""
    upstream = await Upstream(MODERN).start()
    yield world.caller(await deep(world, {"http": {"url": upstream.url}}), MODERN), upstream
    await world.hang_up()
    await upstream.close()


async def test_calls_cross_three_times_and_find_their_own_answers(older):
    calls = [older.begin_call("echo", {"text": f"#{n}"}) for n in range(100)]
    for n, call in enumerate(calls):
        assert (await call.result())["content"][0]["text"] == f"#{n}"


async def test_a_question_goes_out_and_its_answer_back(older):
    call = older.begin_call("ask", {"method": "elicitation/create", "params": FORM})
    question = await call.hear("elicitation/create")
    assert question["params"]["message"].endswith("Your name?")
    assert question["params"]["requestedSchema"] == FORM["requestedSchema"]
    await older.reply(question, {"action": "accept", "content": {"name": "Bo"}})
    told = json.loads((await call.result())["content"][0]["text"])
    assert told["result"] == {"action": "accept", "content": {"name": "Bo"}}


async def test_questions_of_many_calls_do_not_cross(older):
    asked = {}
    for n in range(20):
        params = {**FORM, "message": f"#{n}"}
        asked[n] = older.begin_call("ask", {"method": "elicitation/create", "params": params})
    # A server that speaks lines does not say which call a question belongs to: any of this client's
    # exchanges may carry it.
    for question in reversed(await older.is_asked("elicitation/create", times=20)):
        n = question["params"]["message"].rpartition("#")[2]
        await older.reply(question, {"action": "accept", "content": {"name": n}})
    for n, call in asked.items():
        told = json.loads((await call.result())["content"][0]["text"])
        assert told["result"]["content"] == {"name": str(n)}


async def test_progress_comes_in_order_and_before_its_result(older):
    call = older.begin_call("slow", {"steps": 5}, token="mine")
    await call.result()
    steps = call.notifications("notifications/progress")
    assert [(step["progressToken"], step["progress"]) for step in steps] == [("mine", n) for n in range(1, 6)]


async def test_a_cancellation_arrives_and_names_the_one_call(older, world):
    kept, gone = (older.begin_call("hold", {"tag": tag}, token=tag) for tag in ("kept", "gone"))
    await world.witness.saw("executed", times=2, tool="hold")
    await older.notify("notifications/cancelled", {"requestId": gone.id})
    cancelled = await world.witness.saw("cancelled")
    assert cancelled["known"] and cancelled["arguments"] == {"tag": "gone"}
    await older.call("release", {"tag": "kept"})
    assert (await kept.result())["content"][0]["text"] == "released kept"
    assert "result" not in (gone.response() or {}) and world.witness.count("cancelled") == 1


async def test_hanging_up_cancels_nothing_in_the_older_era(older, world):
    call = older.begin_call("hold", {"tag": 1}, token=1)
    await world.witness.saw("executed", tool="hold")
    call.close()
    assert await older.text("release", {"tag": 1}) == "done"
    assert world.witness.count("cancelled") == 0


async def test_a_list_that_changes_is_announced_once_to_the_outermost_client(older):
    await older.names()
    stream = await older.listen().begun()
    assert stream.status == 200
    await older.call("grow", {"name": "one_more"})
    await stream.hear("notifications/tools/list_changed")
    assert "one_more" in await older.names()


# The newest revision


async def test_input_that_is_required_is_asked_for_and_handed_in(newer):
    client, upstream = newer

    async def ask(call: Call) -> None:
        question = {"method": "elicitation/create", "params": {"mode": "form", **FORM}}
        required = {"resultType": "input_required", "inputRequests": {"who": question}, "requestState": "S-\u00e9"}
        await call.json({"jsonrpc": "2.0", "id": call.id, "result": required})

    upstream.on("tools/call", ask)
    first = await client.call("work", {"n": 1})
    [(key, question)] = first["inputRequests"].items()
    assert question["params"]["message"].endswith("Your name?")
    answers = {key: {"action": "accept", "content": {"name": "Bo"}}}
    params = {"name": "work", "arguments": {"n": 1}, "inputResponses": answers}
    if "requestState" in first:
        params["requestState"] = first["requestState"]
    second = await client.request("tools/call", params)
    assert second["content"][0]["text"] == "worked"
    handed = upstream.seen("tools/call")[-1].message["params"]
    assert handed["inputResponses"] == {"who": answers[key]} and handed["requestState"] == "S-\u00e9"
    assert handed["arguments"] == {"n": 1} and len(upstream.ran) == 1


async def test_progress_of_the_newer_era_comes_in_order(newer):
    client, upstream = newer

    async def slow(call: Call) -> None:
        token = call.message["params"]["_meta"]["progressToken"]
        await call.stream()
        for n in (1, 2, 3):
            params = {"progressToken": token, "progress": n}
            await call.event({"jsonrpc": "2.0", "method": "notifications/progress", "params": params})
        await call.event(call.run())
        await call.end()

    upstream.on("tools/call", slow)
    call = client.begin_call("work", token=7)
    await call.result()
    steps = call.notifications("notifications/progress")
    assert [(step["progressToken"], step["progress"]) for step in steps] == [(7, 1), (7, 2), (7, 3)]
    assert call.type == EVENTS


async def test_hanging_up_is_the_cancellation_of_the_newer_era(newer):
    client, upstream = newer
    ended = asyncio.Event()

    async def hold(call: Call) -> None:
        call.run()
        await call.hung_up()
        ended.set()
        call.close()

    upstream.on("tools/call", hold)
    call = client.begin_call("work", {"n": "held"})
    await upstream.saw("tools/call")
    call.close()
    await soon(ended.wait(), "the innermost to hang up")
    assert await client.text("work", {"n": "next"}) == "worked"


async def test_many_calls_of_the_newer_era_find_their_own_answers(newer):
    client, upstream = newer

    async def mine(call: Call) -> None:
        await call.json(call.run(str(call.message["params"]["arguments"]["n"])))

    upstream.always("tools/call", mine)
    # The same id every time: an answer belongs to its exchange.
    calls = [client.begin_call("work", {"n": number}, id=1) for number in range(100)]
    for number, call in enumerate(calls):
        assert (await call.result())["content"][0]["text"] == str(number)
