"""Plugins that are programs of their owner: the samples, and programs that misbehave."""

import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys

import pytest

from harness import processes
from harness.limits import soon
from harness.world import ROOT

SAMPLES = ROOT / "Examples/plugins"

#: A plugin in a few lines: `{body}` answers one question, whose parameters are `p`.
SMALL = """
import json, os, sys, time
def say(**m): print(json.dumps({{"jsonrpc": "2.0", **m}}), flush=True)
say(method="plugin/hello", params={{"contract": 1, "name": "small", "concurrency": {concurrency}}})
for line in sys.stdin:
    m = json.loads(line)
    if m["method"] == "notifications/cancelled":
        open({cancelled!r}, "w").close()
        continue
    p = m["params"]
    {body}
"""
ANSWER = 'say(id=m["id"], result={})'


def entry(command: str, *args: str, **more) -> dict:
    return {"executable": {"command": command, "args": list(args), **more}}


def small(world, body: str, concurrency: int = 1, **more) -> dict:
    path = world.home / "small.py"
    cancelled = str(world.home / "cancelled")
    path.write_text(SMALL.format(body=body, concurrency=concurrency, cancelled=cancelled))
    return entry(sys.executable, "-S", "-E", str(path), **more)


async def mirrored(world, *plugins: dict):
    return await world.client({"m": world.raw("mirror")}, plugins=list(plugins))


def words(result: dict) -> str:
    return result["content"][0]["text"]


async def test_the_python_sample_masks_arguments_and_results(world):
    shutil.copy(SAMPLES / "mask.py", world.home)
    plugin = entry(sys.executable, "mask.py", name="mask", on=["request", "response"], cwd=str(world.home))
    client = await mirrored(world, plugin)
    assert await client.text("m__show", {"card": "123456789012", "n": 1}) == '{"card":"[masked]","n":1}'
    image = {"type": "image", "data": "123456789012", "mimeType": "image/png"}
    content = [{"type": "text", "text": "é 123456789"}, image]
    result = await client.call("m__give", {"result": {"content": content, "structuredContent": {"a": ["123456789"]}}})
    assert result["content"] == [{"type": "text", "text": "é [masked]"}, image]
    assert result["structuredContent"] == {"a": ["[masked]"]}


async def test_what_the_sample_does_not_change_passes_byte_for_byte(world):
    plugin = entry(sys.executable, str(SAMPLES / "mask.py"))
    client = await mirrored(world, plugin)
    odd = b'{"n": 1.0, "e":1e2 , "big":123456789012345678901234567890, "t":"a\\u0041\\/"}'
    client.send_line(
        b'{"jsonrpc":"2.0","id":"odd","method":"tools/call","params":{"name":"m__show","arguments":' + odd + b"}}"
    )
    assert words((await client.answer("odd"))["result"]) == odd.decode()


async def test_the_sample_in_c_refuses(world):
    compiler = shutil.which("cc") or shutil.which("clang")
    if not compiler:
        pytest.skip("no C compiler")
    binary = world.home / "refuse"
    subprocess.run([compiler, "-Wall", "-Werror", "-o", binary, SAMPLES / "refuse.c"], check=True)
    client = await mirrored(world, entry(str(binary), "DROP TABLE", name="no-sql"))
    assert await client.text("m__show", {"q": "SELECT"}) == '{"q":"SELECT"}'
    refused = await client.call("m__show", {"q": "DROP TABLE x"})
    assert refused["isError"] and "'no-sql'" in words(refused) and "forbidden word" in words(refused)
    assert len(world.witness.all("executed", tool="show")) == 1


@pytest.mark.parametrize("sample", ["mask.py"])
async def test_a_sample_that_is_started_by_hand_says_what_it_is(world, sample):
    code, _, err = await world.execute([sys.executable, str(SAMPLES / sample)])
    assert code != 0 and "plugin for Manifold" in err


async def test_a_plugin_learns_what_its_document_is_about(world):
    body = ANSWER.format('{"verdict": "replace", "document": {"part": p["part"], "context": p["context"]}}')
    client = await mirrored(world, small(world, body, tool="show"))
    seen = json.loads(await client.text("m__show", {"a": 1}, id="c-1"))
    assert seen["part"] == "arguments" and seen["context"].pop("session")
    assert seen["context"] == {
        "hook": "request", "method": "tools/call", "upstream": "m", "tool": "show", "client": "raw",
        "principal": "local", "call": "c-1",
    }


async def test_a_catalog_plugin_hides_and_renames(world):
    body = ANSWER.format(
        '{"verdict": "hide"} if p["item"]["name"] == "give" else '
        '{"verdict": "replace", "item": {**p["item"], "name": "look"}}'
    )
    client = await mirrored(world, small(world, body, on="catalog"))
    assert await client.names() == ["m__look"]
    assert await client.text("m__look", {}) == "{}"


@pytest.mark.parametrize(
    "body, says",
    [
        (ANSWER.format('{"verdict": "maybe"}'), "verdict"),
        (ANSWER.format('{"verdict": "replace"}'), "'document'"),
        (ANSWER.format('{"verdict": "replace", "document": 1}'), "object"),
        ('say(id=m["id"], error={"code": 1, "message": "out of order"})', "out of order"),
        ("os._exit(3)", "ended"),
        ("time.sleep(60)", "deadline"),
    ],
    ids=["verdict", "member", "shape", "error", "exit", "late"],
)
async def test_a_plugin_that_fails_closes_requests_and_opens_answers_with_a_mark(world, body, says):
    plugin = small(world, body, name="bad", on=["request", "response"], tool="show", deadline="400 ms")
    client = await mirrored(world, plugin)
    failed = await client.call("m__show", {"a": "secret"})
    assert failed["isError"] and "'bad'" in words(failed) and says in words(failed), failed
    assert "secret" not in words(failed)
    assert world.witness.all("executed", tool="show") == []
    assert (await client.call("m__give", {"result": {"content": []}}))["content"] == []


async def test_the_words_of_an_error_reach_caller_and_log_and_those_of_a_refusal_the_caller(world):
    error = 'say(id=m["id"], error={"code": 1, "message": "it broke on <4711> " + "x" * 600})'
    refuse = ANSWER.format('{"verdict": "refuse", "reason": "not <4712>"}')
    client = await mirrored(world, small(world, f"{refuse} if p['document'] else {error}", tool="show"))
    assert "not <4712>." in words(await client.call("m__show", {"n": 1}))
    told = f"it failed: it broke on <4711> {'x' * 481}."
    assert told in words(await client.call("m__show", {}))
    await client.says(f"({told})".encode())
    assert b"<4712>" not in client.errors


async def test_a_program_that_ends_is_started_again(world):
    body = 'os._exit(3) if p["document"].get("die") else ' + ANSWER.format('{"verdict": "pass"}')
    client = await mirrored(world, small(world, body, tool="show"))
    assert (await client.call("m__show", {"die": True}))["isError"]
    for _ in range(200):
        result = await client.call("m__show", {"n": 1})
        if not result.get("isError"):
            break
        await asyncio.sleep(0.05)
    assert words(result) == '{"n":1}'


@pytest.mark.parametrize("on_failure", ["closed", "open"])
async def test_programs_killed_at_random_under_load_lose_and_double_nothing(world, on_failure):
    plugins, keys = [], ["seen0", "seen1", "seen2"]
    for key in keys:
        document = '{**p["document"], "%s": True}' % key
        body = ANSWER.format('{"verdict": "replace", "document": %s}' % document)
        plugin = small(world, body, 4, name=key, tool="show", onFailure=on_failure)
        plugin["executable"]["args"][-1] = str((world.home / "small.py").rename(world.home / f"{key}.py"))
        plugins.append(plugin)
    client = await mirrored(world, *plugins)
    await client.names()
    chance, calls, over = random.Random(11), {}, asyncio.Event()

    async def load(lane: int) -> None:
        n = 0
        while not over.is_set():
            calls[lane, n] = await client.call("m__show", {"lane": lane, "n": n}, id=f"{lane}-{n}")
            n += 1

    async def kill() -> int:
        killed = 0
        while killed < 9:
            for pid in processes.children(client.process.pid):
                if b"/seen" in processes.command(pid) and chance.random() < 0.5:
                    os.kill(pid, signal.SIGKILL)
                    killed += 1
            done = len(calls) + chance.randrange(50)
            await soon(until(lambda: len(calls) > done), "more calls")
        return killed

    lanes = [asyncio.create_task(load(lane)) for lane in range(4)]
    try:
        await soon(kill(), "nine programs to be killed", 40)
    finally:
        over.set()
        await asyncio.gather(*lanes)
    ran = [(fact["arguments"]["lane"], fact["arguments"]["n"]) for fact in world.witness.all("executed", tool="show")]
    failed = {key for key, result in calls.items() if result.get("isError")}
    assert len(ran) == len(set(ran)), "a call ran twice"
    assert set(ran) == set(calls) - failed, "a call was lost, or ran although it was refused"
    unseen = set()
    for (lane, n), result in calls.items():
        if (lane, n) not in failed:
            found = json.loads(words(result))
            assert (found.pop("lane"), found.pop("n")) == (lane, n)
            if list(found) != keys:
                unseen.add((lane, n))
    # Every failure is one that was declared so, and there were some.
    assert (failed and not unseen) if on_failure == "closed" else (unseen and not failed)
    assert all("'seen" in words(calls[key]) for key in failed)


async def until(test) -> None:
    while not test():
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("line", ["hello", '{"jsonrpc":"2.0","method":"plugin/hello","params":{"contract":9}}'])
async def test_a_program_that_does_not_greet_rightly_is_told_of(world, line):
    plugin = entry("/bin/sh", "-c", f"echo '{line}'; sleep 1", name="mute", deadline="5 s")
    client = await mirrored(world, plugin)
    failed = await client.call("m__show")
    assert failed["isError"] and "'mute'" in words(failed)


@pytest.mark.parametrize(
    "line, says",
    [
        ("", "its program has not greeted within 1 s"),
        (json.dumps({"method": "plugin/hello", "params": {"contract": 1}}), "a line of it was skipped: "),
        (json.dumps({"jsonrpc": "2.0", "method": "plugin/hello", "params": {"contract": 9}}), "does not keep contract 1"),
    ],
)
async def test_a_call_is_told_what_is_known_of_a_program_that_does_not_greet(world, line, says):
    plugin = entry("/bin/sh", "-c", f"echo '{line}'; sleep 60", name="mute", deadline="1 s")
    client = await mirrored(world, plugin)
    result = await client.call("m__show", {})
    said = result["content"][0]["text"]
    assert result["isError"] and says in said and "took longer" not in said, said


async def test_no_more_is_asked_at_a_time_than_the_greeting_allows(world):
    count = (
        'import threading; threading.Thread(target=lambda m=m: (time.sleep(0.2), say(id=m["id"], '
        'result={"verdict": "replace", "document": {"at": time.time()}}))).start()'
    )
    client = await mirrored(world, small(world, count, concurrency=2, tool="show"))
    ids = [client.begin_call("m__show") for _ in range(4)]
    times = sorted([json.loads(words((await client.answer(id))["result"]))["at"] for id in ids])
    assert times[2] - times[1] > 0.15


async def test_a_cancelled_call_is_told_to_the_plugin(world):
    client = await mirrored(world, small(world, "pass", tool="show", deadline="60 s"))
    id = client.begin_call("m__show")
    await client.text("m__give", {"result": {"content": [{"type": "text", "text": "x"}]}})
    await asyncio.sleep(0.3)
    client.notify("notifications/cancelled", {"requestId": id})
    for _ in range(100):
        if (world.home / "cancelled").exists():
            break
        await asyncio.sleep(0.05)
    assert (world.home / "cancelled").exists()


@pytest.mark.parametrize("security", [False, True])
async def test_items_whose_review_failed_are_reviewed_again_when_the_program_is_back(world, security):
    died = str(world.home / "died")
    body = (
        f'os.path.exists({died!r}) or (open({died!r}, "w").close(), os._exit(3)); '
        + ANSWER.format('{"verdict": "hide"} if p["item"]["name"] == "give" else {"verdict": "pass"}')
    )
    plugin = small(world, body, name="look", on="catalog", security=security)
    client = await mirrored(world, plugin)
    # How much of it the first list has depends on who is quicker.
    names = await client.names()
    while names != ["m__show"]:
        await client.notification("notifications/tools/list_changed")
        names = await client.names()
    for tool in [b"show", b"give"]:
        assert client.errors.count(b"could not review tool 'm/" + tool + b"': its program ended") <= 1
    assert b"could not review tool 'm/" in client.errors
    assert len([m for m in client.heard if m and m.get("method", "").endswith("list_changed")]) == 0


async def test_a_program_that_answers_between_its_ends_is_soon_started_again(world):
    body = 'os._exit(3) if p["document"].get("die") else ' + ANSWER.format('{"verdict": "pass"}')
    client = await mirrored(world, small(world, body, tool="show"))

    async def answered() -> None:
        while (await client.call("m__show", {"n": 1})).get("isError"):
            await asyncio.sleep(0.02)

    await answered()
    for _ in range(7):
        assert (await client.call("m__show", {"die": True}))["isError"]
        # After five ends in a row it would be four seconds at least.
        await soon(answered(), "the program to be back", 3)


@pytest.mark.parametrize("on, executed", [("request", "no"), ("response", "yes")])
async def test_a_call_that_is_cancelled_while_it_is_judged_is_no_failure(world, on, executed):
    audit = {"audit": {"file": str(world.home / "audit.jsonl")}}
    body = f'open({str(world.home / "asked")!r}, "w").close()'
    client = await mirrored(world, audit, small(world, body, on=on, tool="show", deadline="60 s"))
    id = client.begin_call("m__show")
    await soon(until((world.home / "asked").exists), "the plugin to be asked")
    client.notify("notifications/cancelled", {"requestId": id})
    await soon(until((world.home / "cancelled").exists), "the plugin to be told")
    [process] = await world.json("status")
    assert process["plugins"][1]["errors"] == 0
    assert b"failed on" not in client.errors
    [line] = [json.loads(line) for line in (world.home / "audit.jsonl").read_text().splitlines()]
    assert (line["outcome"], line["executed"]) == ("cancelled", executed)
