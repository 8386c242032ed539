"""Sessions in numbers, sessions nobody ends, and sessions that another process takes over."""

import asyncio
import os

from harness import processes
from harness.eras import MODERN
from harness.limits import soon
from harness.upstream import Call, Upstream

#: How many sessions never say goodbye; the product's cap is tried with 10,000 and more.
SESSIONS = int(os.environ.get("MANIFOLD_TEST_SESSIONS", "500"))
#: What makes two processes read each other's tokens: the same master key, 32 bytes in hexadecimal.
SEALING = {"sealingKeys": ["00112233445566778899aabbccddeeff" * 2]}
OTHER = {"sealingKeys": ["ffeeddccbbaa99887766554433221100" * 2]}


async def test_sessions_that_never_say_goodbye_cost_little(world):
    front = await world.front({"few": world.raw("few")})
    first = await world.caller(front.url).ready()
    assert await first.text("few__echo", {"text": "x"}) == "few/echo: x"
    before = processes.resident_bytes(front.pid)
    for _ in range(SESSIONS // 50):
        await asyncio.gather(*(world.caller(front.url).ready() for _ in range(50)))
    assert processes.resident_bytes(front.pid) - before < (8 << 20) + SESSIONS * 32_768
    assert await first.text("few__echo", {"text": "still"}) == "few/echo: still"


async def test_a_session_that_is_ended_takes_what_it_held_with_it(world):
    front = await world.front({"kinds": world.raw("kinds")})
    client = await world.caller(front.url).ready()
    call = client.begin_call("kinds__hold", {"tag": 1}, token=1)
    await call.hear("notifications/progress")
    stream = await client.listen().begun()
    await client.bare("DELETE").done()
    assert (await world.witness.saw("cancelled"))["arguments"] == {"tag": 1}
    await stream.done()
    assert "result" not in (call.response() or {})


async def test_answers_without_a_stream_push_out_no_stream_that_can_be_read_on(world):
    front = await world.front({"kinds": world.raw("kinds")})
    client = await world.caller(front.url).ready()
    call = await client.begin_call("kinds__slow", {"steps": 2}, token=1).done()
    # More than the streams of answered requests that are kept.
    for _ in range(40):
        assert (await client.begin("ping").done()).type == "application/json"
    again = await client.listen(last=call.events[0].id).done()
    assert again.messages == call.messages and again.messages[-1]["id"] == call.id


async def test_the_end_of_the_product_ends_every_exchange(world):
    front = await world.front({"kinds": world.raw("kinds")})
    client, newer = await world.caller(front.url).ready(), world.caller(front.url, MODERN)
    streams = [client.listen(), newer.begin("subscriptions/listen", {"notifications": {"toolsListChanged": True}})]
    streams.append(client.begin_call("kinds__hold", {"tag": 1}, token=1))
    for stream in streams:
        await stream.begun()
    await asyncio.to_thread(front.stop)
    for stream in streams:
        await soon(asyncio.wait([stream.task]), "the exchange to end")
    await world.gone()


async def test_a_session_goes_on_with_another_process_that_has_the_key(world):
    """A replica, or the same one started again: the client does not notice."""
    upstreams = {"kinds": world.raw("kinds")}
    one, two = [await world.front(upstreams, inbound=SEALING) for _ in range(2)]
    client = await world.caller(one.url).ready()
    await client.request("logging/setLevel", {"level": "debug"})
    assert await client.text("kinds__echo", {"text": "one"}) == "one"
    await asyncio.to_thread(one.stop)
    client.url = two.url
    assert await client.text("kinds__echo", {"text": "two"}) == "two"
    assert "kinds__echo" in await client.names()
    # What the session had said of itself is known there, too.
    call = client.begin_call("kinds__ask", {"method": "roots/list"})
    await client.reply(await call.hear("roots/list"), {"roots": []})
    await call.result()
    assert 200 <= (await client.bare("DELETE").done()).status < 300
    assert (await client.begin("tools/list").begun()).status == 404


async def test_a_session_is_nothing_to_a_process_with_another_key(world):
    upstreams = {"few": world.raw("few")}
    one, two = await world.front(upstreams, inbound=SEALING), await world.front(upstreams, inbound=OTHER)
    client = await world.caller(one.url).ready()
    client.url = two.url
    assert (await client.begin("tools/list").begun()).status == 404


async def test_a_session_id_that_was_changed_is_nobodys(world):
    front = await world.front({"few": world.raw("few")}, inbound=SEALING)
    client = await world.caller(front.url).ready()
    whole = client.session
    for at in range(0, len(whole), max(1, len(whole) // 16)):
        client.session = whole[:at] + ("A" if whole[at] != "A" else "B") + whole[at + 1 :]
        assert (await client.begin("tools/list").begun()).status == 404, (at, client.session)
    client.session = whole
    assert await client.names() == ["few__echo"]


async def test_a_state_that_was_handed_out_is_read_by_another_process_that_has_the_key(world):
    """The newer era's only memory: what came back from one may be handed to the other."""
    upstream = await Upstream(MODERN).start()
    question = {"method": "roots/list"}

    async def ask(call: Call) -> None:
        required = {"resultType": "input_required", "inputRequests": {"r": question}, "requestState": "S"}
        await call.json({"jsonrpc": "2.0", "id": call.id, "result": required})

    entry = {"up": {"http": {"url": upstream.url}}}
    one, two = await world.front(entry, inbound=SEALING), await world.front(entry, inbound=SEALING)
    client = world.caller(one.url, MODERN)
    upstream.on("tools/call", ask)
    first = await client.call("up__work")
    client.url = two.url
    answers = {key: {"roots": []} for key in first["inputRequests"]}
    params = {"name": "up__work", "arguments": {}, "inputResponses": answers}
    second = await client.request("tools/call", {**params, "requestState": first["requestState"]})
    assert second["content"][0]["text"] == "worked"
    assert upstream.seen("tools/call")[-1].message["params"]["requestState"] == "S"
    await world.hang_up()
    await upstream.close()
