"""Log messages: wanted ones arrive, with their source; levels reach whoever logs."""

import pytest

LEVELS = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"]


async def log(client, level: str, upstream: str = "kinds", **params) -> None:
    await client.call(
        f"{upstream}__notify",
        {"method": "notifications/message", "params": {"level": level, "data": level, **params}},
    )


@pytest.mark.parametrize("least", ["debug", "warning", "emergency"])
async def test_only_messages_of_the_wanted_levels_arrive(world, least):
    client = await world.client({"kinds": world.raw("kinds")})
    assert await client.request("logging/setLevel", {"level": least}) == {}
    for level in LEVELS:
        await log(client, level)
    heard = [
        m["params"]["level"] for m in client.unheard(lambda m: m.get("method") == "notifications/message")
    ]
    assert heard == LEVELS[LEVELS.index(least) :]


async def test_a_message_names_its_upstream(world):
    client = await world.client({"left": world.raw("kinds"), "right": world.raw("kinds")})
    await client.request("logging/setLevel", {"level": "debug"})
    await log(client, "info", "right", logger="db", data={"x": 1.5})
    heard = await client.notification("notifications/message", lambda p: p.get("data") == {"x": 1.5})
    assert heard["logger"].startswith("right") and heard["logger"].endswith("db")
    await log(client, "info", "left", data="no logger")
    heard = await client.notification("notifications/message", lambda p: p.get("data") == "no logger")
    assert heard["logger"] == "left"


async def test_the_level_reaches_upstreams_that_log_and_no_others(world):
    client = await world.client(
        {"kinds": world.raw("kinds"), "mute": world.raw("kinds", '{"logging":false,"uri":"mute://"}')}
    )
    await client.names()
    await client.request("logging/setLevel", {"level": "error"})
    assert (await world.witness.saw("received", method="logging/setLevel"))["params"] == {"level": "error"}
    await client.call("mute__echo")
    await client.call("kinds__echo")
    assert world.witness.count("received", method="logging/setLevel") == 1


async def test_a_level_set_early_reaches_an_upstream_that_starts_later(world):
    gate = world.gate()
    client = await world.client({"late": world.raw("kinds", env={"GATE": gate.path})})
    await client.request("logging/setLevel", {"level": "error"})
    call = client.begin_call("late__echo")
    await world.witness.saw("gated")
    gate.open()
    await client.answer(call)
    assert (await world.witness.saw("received", method="logging/setLevel"))["params"] == {"level": "error"}


async def test_the_level_is_set_again_after_a_restart(world):
    client = await world.client({"kinds": world.raw("kinds")})
    await client.request("logging/setLevel", {"level": "debug"})
    await client.call("kinds__echo")
    await client.call("kinds__die")
    assert await client.text("kinds__echo", {"text": "back"}) == "back"
    again = await world.witness.saw("received", times=2, method="logging/setLevel")
    assert again["params"] == {"level": "debug"}
    assert again["pid"] != world.witness.all("received", method="logging/setLevel")[0]["pid"]
