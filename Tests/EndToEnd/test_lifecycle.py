"""How it ends: cleanly, whatever its standard streams are, and with nobody left behind."""

import asyncio
import json
import os
import pty
import signal
import socket
import subprocess
import tempfile
import termios

import pytest

from harness import processes
from harness.limits import soon
from harness.world import product

QUICK = {"stop": {"closing": "100 ms", "terminating": "100 ms"}}
HELLO = b"".join(
    json.dumps(m).encode() + b"\n"
    for m in (
        {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "initialize",
            "params": {
                "protocolVersion": "2025-11-25",
                "capabilities": {},
                "clientInfo": {"name": "x", "version": "1"},
            },
        },
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {
            "jsonrpc": "2.0",
            "id": 2,
            "method": "tools/call",
            "params": {"name": "few__echo", "arguments": {"text": "x"}},
        },
        {"jsonrpc": "2.0", "id": 3, "method": "tools/list"},
    )
)


def answered(output: bytes) -> list[int]:
    messages = [json.loads(line) for line in output.splitlines()]
    assert all("result" in m for m in messages), output
    return sorted(m["id"] for m in messages)


async def spawn(world, stdin, stdout):
    world.configure({"few": world.raw("few")})
    return await asyncio.create_subprocess_exec(
        *world.serving(), env=world.environment, stdin=stdin, stdout=stdout, stderr=asyncio.subprocess.PIPE
    )


# What standard input and output may be


async def test_standard_input_may_be_a_file(world):
    script = world.home / "script"
    script.write_bytes(HELLO)
    with script.open("rb") as stdin:
        process = await spawn(world, stdin, asyncio.subprocess.PIPE)
        output, _ = await soon(process.communicate(), "the end of a file's session")
    assert process.returncode == 0 and answered(output) == [1, 2, 3]


async def test_standard_output_may_be_a_file(world):
    with tempfile.TemporaryFile() as out:
        process = await spawn(world, asyncio.subprocess.PIPE, out)
        await soon(process.communicate(HELLO), "the end of a session written to a file")
        out.seek(0)
        assert process.returncode == 0 and answered(out.read()) == [1, 2, 3]


async def test_standard_input_may_be_dev_null(world):
    process = await spawn(world, asyncio.subprocess.DEVNULL, asyncio.subprocess.PIPE)
    output, _ = await soon(process.communicate(), "the end at once")
    assert (process.returncode, output) == (0, b"")


async def test_standard_streams_may_be_sockets(world):
    """As editors written for Node hand them over."""
    ours, theirs = socket.socketpair()
    process = await spawn(world, theirs, theirs)
    theirs.close()
    reader, writer = await asyncio.open_connection(sock=ours, limit=1 << 24)
    writer.write(HELLO)
    lines = [await soon(reader.readline(), "a line from the socket") for _ in range(3)]
    assert answered(b"".join(lines)) == [1, 2, 3]
    writer.write_eof()
    assert await soon(process.wait(), "the end after shutdown") == 0
    writer.close()


async def test_standard_streams_may_be_a_terminal(world):
    master, slave = pty.openpty()
    attributes = termios.tcgetattr(slave)
    attributes[1] &= ~termios.OPOST
    attributes[3] &= ~(termios.ECHO)
    termios.tcsetattr(slave, termios.TCSANOW, attributes)
    process = await spawn(world, slave, slave)
    os.write(master, HELLO.split(b"\n")[0] + b"\n")
    line = await soon(asyncio.to_thread(os.read, master, 1 << 16), "an answer on the terminal")
    assert json.loads(line)["id"] == 1
    os.write(master, b"\x04")
    assert await soon(process.wait(), "the end after control-D") == 0
    os.close(master)
    os.close(slave)


async def test_flags_of_inherited_descriptions_are_left_alone(world):
    """O_NONBLOCK set on a shared terminal or pipe breaks whoever else uses it."""
    read, write = os.pipe()
    world.configure({"few": world.raw("few")})
    process = subprocess.Popen(
        world.serving(), env=world.environment, stdin=subprocess.PIPE, stdout=write, stderr=subprocess.DEVNULL
    )
    process.stdin.write(HELLO.split(b"\n")[0] + b"\n")
    process.stdin.flush()
    await soon(asyncio.to_thread(os.read, read, 1 << 16), "an answer")
    assert os.get_blocking(write) and os.get_blocking(process.stdin.fileno())
    process.stdin.close()
    assert await soon(asyncio.to_thread(process.wait), "the end") == 0
    os.close(read)
    os.close(write)


# How the end begins


async def test_the_end_of_input_ends_it(world):
    client = await world.client({"kinds": world.raw("kinds")})
    await client.call("kinds__echo")
    assert await client.stop() == 0
    await world.witness.saw("ended")
    assert world.survivors() == []


async def test_calls_in_flight_at_the_end_of_input_are_answered(world):
    client = await world.client({"kinds": world.raw("kinds")})
    await client.names()
    calls = [client.begin_call("kinds__echo", {"text": str(n)}) for n in range(50)]
    client.close_input()
    for n, call in enumerate(calls):
        assert (await client.answer(call))["result"]["content"][0]["text"] == str(n)
    assert await client.exited() == 0


async def test_a_call_that_never_ends_does_not_hold_up_the_end(world):
    client = await world.client({"kinds": world.raw("kinds")})
    call = client.begin_call("kinds__hold")
    await world.witness.saw("executed", tool="hold")
    assert await client.stop() == 0
    assert world.survivors() == []
    answers = client.unheard(lambda m: m.get("id") == call)
    assert len(answers) <= 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_cleanly(world, number):
    client = await world.client({"kinds": world.raw("kinds")})
    await client.call("kinds__echo")
    os.kill(client.process.pid, number)
    assert await client.exited() in (0, 128 + number)
    await world.witness.saw("ended")
    assert world.survivors() == []
    assert b"Fatal" not in client.errors and b"rash" not in client.errors


async def test_a_closed_output_ends_it_even_when_idle(world):
    read, write = os.pipe()
    process = await spawn(world, asyncio.subprocess.PIPE, write)
    os.close(write)
    process.stdin.write(HELLO.split(b"\n")[0] + b"\n")
    await soon(asyncio.to_thread(os.read, read, 1 << 16), "the handshake")
    os.close(read)
    assert await soon(process.wait(), "the end after the client is gone") == 0
    assert world.survivors() == []
    process.stdin.close()


async def test_a_closed_socket_ends_it_even_when_idle(world):
    ours, theirs = socket.socketpair()
    process = await spawn(world, theirs, theirs)
    theirs.close()
    ours.sendall(HELLO.split(b"\n")[0] + b"\n")
    await soon(asyncio.to_thread(ours.recv, 1 << 16), "the handshake")
    ours.close()
    assert await soon(process.wait(), "the end after the client is gone") == 0


# Nobody is left behind


@pytest.mark.parametrize("mode", ["ignores", "leaves"])
async def test_stubborn_processes_and_their_children_end_with_it(world, mode):
    client = await world.client({"stubborn": {**world.raw("stubborn", mode), **QUICK}})
    await client.text("stubborn__echo")
    child = (await world.witness.saw("grandchild"))["child"]
    assert await client.stop() == 0
    await world.gone()
    await soon(processes.ended(child), "the grandchild to end")


async def test_nobody_survives_its_violent_end(world):
    client = await world.client({"kinds": world.raw("kinds"), "few": world.raw("few")})
    await client.names()
    assert len(world.survivors()) == 2
    os.kill(client.process.pid, signal.SIGKILL)
    await client.exited()
    await world.gone()


async def test_an_ended_upstream_is_reaped_at_once(world):
    client = await world.client({"kinds": world.raw("kinds"), "crashing": world.raw("crashing")})
    for _ in range(3):
        await client.call("kinds__die")
        await client.text("kinds__echo")
    zombies = [pid for pid in processes.children(client.process.pid) if processes.state(pid) == "Z"]
    assert zombies == []


async def test_an_upstream_that_dies_takes_its_children_along(world):
    client = await world.client({"stubborn": {**world.raw("stubborn", "leaves"), **QUICK}})
    await client.text("stubborn__echo")
    grandchild = await world.witness.saw("grandchild")
    os.kill(grandchild["pid"], signal.SIGKILL)
    await soon(processes.ended(grandchild["child"]), "the grandchild to end")


# Slow readers, idle hours


async def test_a_client_that_reads_nothing_costs_bounded_memory(world):
    """Its own calls wait; memory stays within a few queues of 8 MiB."""
    read, write = os.pipe()
    process = await spawn(world, asyncio.subprocess.PIPE, write)
    os.close(write)
    process.stdin.write(HELLO.split(b"\n")[0] + b"\n")
    line = json.dumps(
        {
            "jsonrpc": "2.0",
            "id": 0,
            "method": "tools/call",
            "params": {"name": "few__echo", "arguments": {"text": "x" * 100_000}},
        }
    )
    for n in range(600):
        process.stdin.write(line.replace('"id": 0', f'"id": {n + 10}').encode() + b"\n")
    await world.witness.saw("executed", times=50)
    assert processes.resident_bytes(process.pid) < 128 << 20
    answers, rest = [], b""
    while len(answers) < 601:
        chunk = await soon(asyncio.to_thread(os.read, read, 1 << 20), "the answers once they are read")
        *lines, rest = (rest + chunk).split(b"\n")
        answers += [message["id"] for message in map(json.loads, lines) if "id" in message]
    assert sorted(answers) == [1, *range(10, 610)]
    process.stdin.close()
    assert await soon(process.wait(), "the end") == 0
    os.close(read)


async def test_it_uses_no_processor_while_nothing_happens(world):
    """A measurement over two seconds, not a wait for something."""
    client = await world.client({"kinds": world.raw("kinds"), "hangs": world.raw("hanging", "initialize")})
    await client.names()
    before = processes.processor_seconds(client.process.pid)
    await asyncio.sleep(2)
    assert processes.processor_seconds(client.process.pid) - before <= 0.03


async def test_it_answers_to_its_name_only(world):
    """No option is guessed: a wrong one is an error of usage."""
    code, out, err = await world.execute([product(), "serve", "--nonsense"])
    assert code == 2 and out == "" and "--nonsense" in err


async def test_closed_standard_streams_are_as_good_as_dev_null(world):
    """Started without them, as some supervisors do, it ends like at the end of input."""
    world.configure({"few": world.raw("few")})
    process = await asyncio.create_subprocess_exec(
        "sh", "-c", 'exec "$0" "$@" <&- >&-', *world.serving(), env=world.environment
    )
    assert await asyncio.wait_for(process.wait(), 15) == 0
    await world.gone()
