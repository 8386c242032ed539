"""Progress finds its call, in order, under the token the client gave it."""

import pytest


@pytest.mark.parametrize("token", ["t", "1", 1, 0, 2**63, ""])
async def test_a_token_comes_back_with_its_type(world, token):
    client = await world.client({"kinds": world.raw("kinds")})
    call = client.begin_call("kinds__slow", {"steps": 2}, token=token)
    await client.answer(call)
    steps = [m["params"] for m in client.unheard(lambda m: m.get("method") == "notifications/progress")]
    assert [(s["progressToken"], type(s["progressToken"])) for s in steps] == [(token, type(token))] * 2


async def test_progress_comes_before_its_result_and_in_order(world):
    client = await world.client({"kinds": world.raw("kinds")})
    call = client.begin_call("kinds__slow", {"steps": 50}, token="t")
    await client.answer(call)
    steps = client.unheard(lambda m: m.get("method") == "notifications/progress")
    assert [s["params"]["progress"] for s in steps] == list(range(1, 51))
    assert steps[0]["params"] == {"progressToken": "t", "progress": 1, "total": 50, "message": "step 1"}


async def test_the_upstream_never_sees_the_clients_token(world):
    client = await world.client({"left": world.raw("kinds"), "right": world.raw("kinds")})
    calls = [
        client.begin_call(f"{side}__hold", {"tag": n}, token=f"mine-{n}")
        for n, side in enumerate(("left", "right", "left"))
    ]
    await world.witness.saw("executed", times=3, tool="hold")
    tokens = [(fact["pid"], fact["token"]) for fact in world.witness.all("executed", tool="hold")]
    assert len(set(tokens)) == 3
    assert [token for _, token in tokens if token is None or "mine" in str(token)] == []
    assert len(calls) == 3


async def test_equal_tokens_of_number_and_string_are_kept_apart(world):
    client = await world.client({"kinds": world.raw("kinds")})
    client.begin_call("kinds__hold", {"tag": 1}, token=1)
    client.begin_call("kinds__hold", {"tag": 2}, token="1")
    got = [await client.notification("notifications/progress") for _ in range(2)]
    assert {type(g["progressToken"]) for g in got} == {int, str}


async def test_late_and_unknown_progress_is_dropped(world):
    client = await world.client({"kinds": world.raw("kinds")})
    await client.answer(client.begin_call("kinds__afterthought", token="t"))
    await client.call("kinds__echo")
    assert client.unheard(lambda m: m.get("method") == "notifications/progress") == []


async def test_no_progress_is_invented_for_a_client_that_gave_no_token(world):
    client = await world.client({"kinds": world.raw("kinds")})
    await client.call("kinds__slow", {"steps": 3})
    assert client.unheard(lambda m: m.get("method") == "notifications/progress") == []


async def test_progress_of_calls_in_parallel_is_not_crossed(world):
    client = await world.client({"left": world.raw("kinds"), "right": world.raw("kinds")})
    calls = {
        f"{side}-{n}": client.begin_call(f"{side}__slow", {"steps": n + 1}, token=f"{side}-{n}")
        for n in range(20)
        for side in ("left", "right")
    }
    for call in calls.values():
        await client.answer(call)
    heard = {token: [] for token in calls}
    for message in client.unheard(lambda m: m.get("method") == "notifications/progress"):
        heard[message["params"]["progressToken"]].append(message["params"]["progress"])
    assert heard == {token: list(range(1, int(token.split("-")[1]) + 2)) for token in calls}
