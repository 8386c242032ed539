"""A configuration edited under load: what is untouched loses nothing."""

import asyncio
import json
import os
import signal

from harness.limits import soon
from harness.world import product


class Load:
    """Calls without end on one upstream, each of which must be answered rightly."""

    def __init__(self, client, tool: str):
        self.client, self.tool, self.done, self._over = client, tool, 0, False

    async def _run(self, lane: int) -> None:
        n = 0
        while not self._over:
            text = f"{lane}-{n}"
            assert await self.client.text(self.tool, {"text": text}, id=f"load-{text}") == text
            self.done, n = self.done + 1, n + 1

    async def __aenter__(self):
        self._lanes = [asyncio.create_task(self._run(lane)) for lane in range(4)]
        return self

    async def __aexit__(self, *_):
        self._over = True
        await soon(asyncio.gather(*self._lanes), "the load to end")
        assert self.done > 20


async def changed(client) -> list[str]:
    await client.notification("notifications/tools/list_changed")
    return await client.names()


async def test_upstreams_come_change_and_go_while_the_others_serve(world):
    one, two = world.raw("kinds"), world.raw("few", '{"name":"two"}')
    client = await world.client({"one": one})
    await client.names()
    held = client.begin_call("one__hold", {"tag": "throughout"})
    async with Load(client, "one__echo"):
        world.configure({"one": one, "two": two})
        assert "two__echo" in await changed(client)
        assert await client.text("two__echo", {"text": "x"}) == "two/echo: x"
        world.configure({"one": one, "two": world.raw("few", '{"name":"TWO","tools":["echo","more"]}')})
        assert "two__more" in await changed(client)
        assert await client.text("two__echo", {"text": "x"}) == "TWO/echo: x"
        world.configure({"one": one})
        assert "two__echo" not in await changed(client)
        assert (await client.refusal("tools/call", {"name": "two__echo"}))["code"] == -32602
    await client.call("one__release", {"tag": "throughout"})
    assert (await client.answer(held))["result"]["content"][0]["text"] == "released throughout"
    pids = {
        fact["pid"]
        for fact in world.witness.all("executed", tool="hold") + world.witness.all("executed", tool="release")
    }
    assert len(pids) == 1


async def test_a_broken_file_leaves_the_last_good_one_in_force_and_is_shown(world):
    one = world.raw("kinds")
    client = await world.client({"one": one})
    names = await client.names()
    async with Load(client, "one__echo"):
        world.configure("upstreams:\n  one: { stdoi: { command: x } }\n")
        await error_shown(client)
        assert await client.names() == names
        shown = json.dumps(await world.json("status"))
        assert "stdoi" in shown
        world.configure({"one": one, "two": world.raw("few")})
        assert "two__echo" in await changed(client)


async def test_a_file_that_is_empty_for_a_moment_stops_nothing(world):
    client = await world.client({"one": world.raw("kinds")})
    names = await client.names()
    async with Load(client, "one__echo"):
        world.configure("")
        await client.says(rb"(the file is empty\. To have no upstreams, write 'upstreams: \{\}')")
        assert await client.names() == names
        world.configure({"one": world.raw("kinds"), "two": world.raw("few")})
        assert "two__echo" in await changed(client)


async def test_a_configuration_that_came_through_a_pipe_is_not_read_again(world):
    world.configure({"one": world.raw("kinds")})
    line = f'exec "$0" serve --config <(cat "{world.config}")'
    client = await world.start(["bash", "-c", line, product()])
    await client.initialize()
    names = await client.names()
    os.kill(client.process.pid, signal.SIGHUP)
    await client.says(rb"(is no regular file, and is not read again)")
    assert names and await client.names() == names


async def error_shown(client) -> None:
    """Returns when the mistake is on standard error, with its place."""

    async def wait():
        while b"stdoi" not in client.errors:
            await client.request("ping")

    await soon(wait(), "the error on standard error")
    assert b"manifold.yaml:2:" in client.errors


async def test_a_removed_file_leaves_the_last_good_one_in_force(world):
    client = await world.client({"one": world.raw("kinds")})
    await client.names()
    world.config.unlink()
    assert await client.text("one__echo", {"text": "x"}) == "x"
    world.configure({"one": world.raw("kinds"), "two": world.raw("few")})
    assert "two__echo" in await changed(client)


async def test_a_removed_upstream_is_stopped_after_its_calls(world):
    client = await world.client({"one": world.raw("kinds"), "two": world.raw("kinds", '{"uri":"two://"}')})
    await client.names()
    pid = json.loads(await client.text("two__who"))["pid"]
    held = client.begin_call("two__hold", {"tag": 1})
    await world.witness.saw("executed", tool="hold")
    world.configure({"one": world.raw("kinds")})
    assert "two__hold" not in await changed(client)
    answer = (await client.answer(held, 15))["result"]
    assert answer["isError"] and "two" in answer["content"][0]["text"]
    await world.gone([pid])
