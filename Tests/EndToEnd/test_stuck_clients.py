"""A client that does not read may slow itself down; it cannot keep the product alive."""

import asyncio
import json
import os
import signal

import pytest


async def stuck(world):
    """A product with more to say than its queue holds, and a client that reads none of it."""
    world.configure({"kinds": world.raw("kinds")})
    unread, output = os.pipe()
    process = await asyncio.create_subprocess_exec(
        *world.serving(),
        env=world.environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=output,
        stderr=asyncio.subprocess.DEVNULL,
    )
    os.close(output)

    def say(method: str, params: dict, ident=None) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        if ident is not None:
            message["id"] = ident
        process.stdin.write(json.dumps(message).encode() + b"\n")

    client = {"name": "stuck", "version": "1"}
    say("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client}, 0)
    say("notifications/initialized", {})
    for number in range(1, 9):
        say("tools/call", {"name": "kinds__huge", "arguments": {"bytes": 4_000_000}}, number)
    # The fifth answer is begun: sixteen megabytes have been taken from the upstream by now.
    await world.witness.saw("huge", 5)
    say("ping", {}, "last")
    return process, unread


@pytest.mark.parametrize("how", ["end of input", "SIGTERM", "SIGINT"])
async def test_a_client_that_does_not_read_cannot_keep_the_process(world, how):
    process, unread = await stuck(world)
    try:
        if how == "end of input":
            process.stdin.close()
        else:
            process.send_signal(getattr(signal, how))
        assert await asyncio.wait_for(process.wait(), 15) == 0
        await world.gone()
    finally:
        os.close(unread)
        if process.returncode is None:
            process.kill()
