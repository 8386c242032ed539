"""`manifold record` and `manifold replay`: what is written down, what is not, and what can be done with it."""

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest

from harness import agentcore
from harness.bridges import bridge
from harness.edge import Edge
from harness.eras import MODERN, NEWEST
from harness.limits import soon
from harness.upstream import Upstream
from harness.upstream import text as said
from harness.world import CLIENTS, ROOT, product, venv

ARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/story-AbCdEfGhIj"
KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_EC2_METADATA_DISABLED": "true",
}
SECRET = "hunter2-\u00e9-\"q\""

CALLS = [
    ["echo", {"text": "one"}],
    ["echo", {"text": "two", "password": "letmein"}],
    ["echo", {"text": "one"}],
    ["slow", {"steps": 3, "delay": 1}],
    ["fail", {}],
    ["integers", {}],
]


def example() -> dict:
    path = Path(product()).parent / "example-server"
    return {"stdio": {"command": str(path), "env": {"SOME_SECRET": "${env:SOME_SECRET}"}}}


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines() if line]


def messages(path: Path, upstream: str | None = None) -> list[dict]:
    found = [line for line in lines(path) if "message" in line]
    return [line for line in found if upstream in (None, line["upstream"])]


async def visit(world, generation: str, arguments: list[str], calls, *, mode="", **plan) -> dict:
    """What the SDK's client meets at the product when it is started so."""
    plan |= {"command": product(), "args": arguments, "calls": calls, "mode": mode}
    plan["env"] = world.environment | {"SOME_SECRET": SECRET}
    code, out, err = await world.execute(
        [venv(generation), str(CLIENTS / "visit.py"), json.dumps(plan)], seconds=60
    )
    assert code == 0, f"{out[-2000:]}\n{err[-4000:]}"
    return json.loads(out)


async def recorded(world, upstreams: dict, calls, generation="v1", **more) -> tuple[Path, dict]:
    """A recording of these calls, and what their client met."""
    # An interpreter with an SDK may take longer to start than a first list usually waits.
    world.configure(upstreams, names={"prefix": "never"}, limits={"startWait": "60 s"})
    path = world.home / "calls.jsonl"
    arguments = ["record", "--config", str(world.config), "--output", str(path)]
    return path, await visit(world, generation, arguments, calls, **more)


# Recording and replaying


@pytest.mark.parametrize("generation, mode", [("v1", ""), ("v2", "legacy"), ("v2", "auto")])
async def test_a_replay_answers_as_the_server_did(world, generation, mode):
    more = {"prompts": ["greet"], "uris": ["example://greeting"], "mode": mode}
    path, live = await recorded(world, {"ex": example()}, CALLS, generation, **more)
    assert live["progress"]
    again = await visit(
        world, generation, ["replay", str(path), "--as-server"], CALLS, **more
    )
    # Who says so in each answer of a newer server is the product in one case, the recorded one in the other.
    for answer in again["answers"] + live["answers"]:
        answer.pop("_meta", None)
    assert again["answers"] == live["answers"]
    assert again["progress"] == live["progress"]
    assert again["tools"] == live["tools"]
    if generation == "v1":
        assert again["server"]["name"] == "example"
        assert again["capabilities"].keys() == {"tools", "prompts", "resources", "completions", "logging"}


async def test_a_published_server_is_replayed_without_it(world):
    server = world.published("v1", "mcp-server-time", "--local-timezone", "UTC")
    convert = {"source_timezone": "UTC", "time": "12:00", "target_timezone": "Asia/Tokyo"}
    calls = [["get_current_time", {"timezone": "UTC"}], ["convert_time", convert]]
    path, live = await recorded(world, {"time": server}, calls)
    assert live["capabilities"].keys() > {"tools", "prompts"}
    assert not world.survivors()
    again = await visit(world, "v1", ["replay", str(path), "--as-server"], calls)
    assert again["answers"] == live["answers"]
    assert again["tools"] == live["tools"]
    assert again["server"] == {"name": "mcp-time", "version": again["server"]["version"]}
    assert again["capabilities"].keys() == {"tools", "experimental"}


async def test_a_replay_works_as_an_upstream_and_crosses_eras(world):
    path, live = await recorded(world, {"ex": example()}, CALLS[:2])
    replay = {"stdio": {"command": product(), "args": ["replay", str(path), "--as-server"]}}
    for version in (NEWEST, MODERN):
        peer = await world.client({"ex": replay}, version=version)
        assert await peer.text("ex__echo", {"text": "one"}) == "one"
        assert "ex__slow" in await peer.names()


async def test_repeats_come_in_their_order_and_the_last_one_again_and_again(world):
    path, _ = await recorded(world, {"ex": example()}, [["count", {}], ["count", {}]])
    calls = [["count", {}]] * 4
    met = await visit(world, "v1", ["replay", str(path), "--as-server"], calls)
    counts = [answer["structuredContent"]["executions"] for answer in met["answers"]]
    assert counts == [1, 2, 2, 2]


async def test_what_was_not_recorded_is_an_error_that_names_the_nearest(world):
    path, _ = await recorded(world, {"ex": example()}, [["echo", {"text": "one"}]])
    peer = await world.start([product(), "replay", str(path), "--as-server"])
    await peer.initialize()
    error = await peer.refusal("tools/call", {"name": "echo", "arguments": {"text": "other"}})
    assert error["code"] == -32602 and "'tools/call' of 'echo'" in error["message"]
    assert '{"text":"one"}' in error["message"]
    error = await peer.refusal("tools/call", {"name": "weather", "arguments": {}})
    assert "no answer to 'tools/call' of 'weather'" in error["message"]
    assert (await peer.refusal("tools/call", {"name": "nothing"}))["code"] == -32602


async def test_several_upstreams_are_served_under_their_names_or_one_alone(world):
    upstreams = {"a": world.raw("few", '{"name":"a"}'), "b": world.raw("few", '{"name":"b"}')}
    world.configure(upstreams)
    path = world.home / "calls.jsonl"
    peer = await world.start(
        [product(), "record", "--config", str(world.config), "--output", str(path)]
    )
    await peer.initialize()
    for name in ("a", "b"):
        assert await peer.text(f"{name}__echo", {"text": "x"}) == f"{name}/echo: x"
    await peer.stop()
    peer = await world.start([product(), "replay", str(path), "--as-server"])
    await peer.initialize()
    assert sorted(await peer.names()) == ["a__echo", "b__echo"]
    assert await peer.text("b__echo", {"text": "x"}) == "b/echo: x"
    peer = await world.start([product(), "replay", str(path), "--as-server", "--upstream", "b"])
    await peer.initialize()
    assert await peer.names() == ["echo"]
    against = ["replay", path, "--all", "--config", world.config, "--against"]
    code, out, err = await world.run(*against, "b")
    assert (code, out) == (0, "2 same, 0 different.\n"), out + err
    code, out, err = await world.run(*against, "a", "--upstream", "b")
    assert code == 1 and "-" in out and "b/echo: x" in out and "a/echo: x" in out
    code, out, err = await world.run(*against, "http://127.0.0.1:1/")
    assert code == 2 and "'a', 'b'" in err
    code, _, err = await world.run("replay", path, "--as-server", "--upstream", "c")
    assert code == 2 and "no" in err and "'c'" in err


async def test_a_question_of_the_server_is_left_out_with_a_word(world):
    world.configure({"kinds": world.raw("kinds")}, names={"prefix": "never"})
    path = world.home / "calls.jsonl"
    peer = await world.start(
        [product(), "record", "--config", str(world.config), "--output", str(path)]
    )
    await peer.initialize()
    begun = peer.begin_call("ask", {"method": "roots/list", "params": {}})
    peer.reply(await peer.question("roots/list"), {"roots": [{"uri": "file:///x"}]})
    answer = (await peer.answer(begun))["result"]
    await peer.stop()
    peer = await world.start([product(), "replay", str(path), "--as-server"])
    await peer.initialize()
    assert await peer.call("ask", {"method": "roots/list", "params": {}}) == answer
    assert await peer.says(rb"(asked 'roots/list' here)")


# What is written


async def test_no_secret_reaches_the_file_and_nobody_else_reads_it(world):
    token = "Bearer abc.DEF-123"
    calls = [
        ["echo", {"text": f"{SECRET} and {token}", "headers": {"Authorization": token}}],
        ["echo", {"text": json.dumps({"apiKey": "in-a-text"}), "url": "https://u:pw-9@h/"}],
    ]
    path, live = await recorded(world, {"ex": example()}, calls)
    assert SECRET in json.dumps(live, ensure_ascii=False).replace('\\"', '"')
    written = path.read_text()
    for secret in (SECRET, "hunter2", "abc.DEF-123", "in-a-text", "pw-9"):
        assert secret not in written
    assert written.count("[redacted]") >= 6
    assert path.stat().st_mode & 0o777 == 0o600


async def test_the_configuration_records_into_a_private_folder(world):
    peer = await world.client({"ex": example()}, env={"SOME_SECRET": SECRET}, record={})
    await peer.text("ex__echo", {"text": "x"})

    async def written() -> dict:
        # Nothing waits for the disk, so that it may be behind.
        while (status := (await world.json("status"))[0]["recording"])["messages"] <= 5:
            pass
        return status

    status = await soon(written(), "what was said to be written")
    path = world.home / "cache/manifold/recordings/calls.jsonl"
    assert status["file"] == str(path) and status["dropped"] == 0
    other = await world.client({"ex": example()}, env={"SOME_SECRET": SECRET}, record={})
    await other.text("ex__echo", {"text": "y"})
    await other.stop()
    await peer.stop()
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert sorted(each.name for each in path.parent.iterdir()) == ["calls-2.jsonl", "calls.jsonl"]
    assert '"x"' in path.read_text() and '"y"' not in path.read_text()
    assert lines(path)[0].keys() == {"recording", "started"}


async def test_nothing_is_written_without_being_asked_for(world):
    peer = await world.client({"ex": example()}, env={"SOME_SECRET": SECRET})
    await peer.text("ex__echo", {"text": "x"})
    assert "recording" not in (await world.json("status"))[0]
    await peer.stop()
    assert not (world.home / "cache/manifold/recordings").exists()


async def recording_web(world, upstream: Upstream):
    """A recording of a server at a URL, a client of it, and the server's tool."""
    world.configure({"web": {"http": {"url": upstream.url}}}, names={"prefix": "never"})
    path = world.home / "calls.jsonl"
    peer = await world.start(
        [product(), "record", "--config", str(world.config), "--output", str(path)]
    )
    await peer.initialize()
    name = (await peer.names())[0]
    return path, peer, name


@pytest.mark.parametrize("version", [NEWEST, MODERN])
async def test_what_is_said_over_http_is_recorded_as_it_is_sent(world, version):
    upstream = await Upstream(version).start()
    try:
        path, peer, name = await recording_web(world, upstream)
        result = await peer.call(name, {"text": "x"})
        await peer.stop()
        both = messages(path, "web")
        call = next(m for m in both if m["message"].get("method") == "tools/call")
        answer = next(
            m for m in both if m["to"] == "manifold" and m["message"].get("id") == call["message"]["id"]
        )
        assert answer["message"]["result"]["content"] == result["content"]
        peer = await world.start([product(), "replay", str(path), "--as-server"])
        await peer.initialize()
        assert (await peer.call(name, {"text": "x"}))["content"] == result["content"]
    finally:
        await upstream.close()


async def test_what_is_said_through_a_bridge_is_recorded_too(world):
    async with Edge((await bridge(world, world.raw("few"))).url) as edge:
        path = await told(world, {"up": {"bridge": {"arn": ARN, "endpoint": edge.url}}}, KEYS)
    await tell_again(world, path)


async def test_what_is_said_to_a_runtime_is_recorded_too_without_its_signature(world):
    edge = await agentcore.Edge().start()
    try:
        keys = edge.judge.keys[0].environment
        path = await told(world, {"up": edge.entry(edge.runtime("weather"))}, keys)
        assert not any(value in path.read_text() for value in keys.values())
    finally:
        await edge.close()
    await tell_again(world, path)


async def test_what_is_said_to_a_gateway_is_recorded_too_without_its_signature(world):
    gateway = await agentcore.Gateway({"crm": ["get"]}).start()
    try:
        keys = gateway.judge.keys[0].environment
        path = await told(world, {"up": gateway.entry()}, keys)
        assert not any(value in path.read_text() for value in keys.values())
    finally:
        await gateway.close()
    await tell_again(world, path)


async def told(world, upstreams: dict, keys: dict) -> Path:
    """A recording of one call of the last tool of an upstream."""
    world.configure(upstreams, names={"prefix": "never"})
    path = world.home / "calls.jsonl"
    peer = await world.start(
        [product(), "record", "--config", str(world.config), "--output", str(path)], env=keys
    )
    await peer.initialize()
    name = (await peer.names())[-1]
    await peer.text(name, {"text": "x"})
    await peer.stop()
    sent = [m["message"].get("method") for m in messages(path, "up") if m["to"] == "upstream"]
    assert sent.count("tools/call") == 1 and "tools/list" in sent
    return path


async def tell_again(world, path: Path) -> None:
    """The recording answers the same call."""
    peer = await world.start([product(), "replay", str(path), "--as-server"])
    await peer.initialize()
    name = (await peer.names())[-1]
    assert await peer.text(name, {"text": "x"})


async def test_the_bound_holds_under_load_and_the_rest_can_be_replayed(world):
    limit = 256 << 10
    peer = await world.client(
        {"few": world.raw("few")}, record={"file": str(world.home / "c.jsonl"), "maxSize": limit}
    )
    text = "x" * 2000
    for start in range(0, 300, 30):
        calls = [peer.begin_call("few__echo", {"text": f"{n} {text}"}) for n in range(start, start + 30)]
        for call in calls:
            await peer.answer(call)
    await peer.stop()
    path = world.home / "c.jsonl"
    older = Path(f"{path}.1")
    assert path.stat().st_size + older.stat().st_size <= limit
    peer = await world.start([product(), "replay", str(path), "--as-server"])
    await peer.initialize()
    assert await peer.names() == ["echo"]
    assert (await peer.text("echo", {"text": f"299 {text}"})).startswith("few/echo: 299 x")


async def test_a_process_that_is_killed_leaves_a_recording_that_can_be_read(world):
    # What it was saying to its client when it was killed may be cut off as well.
    world.expects_broken_lines = True
    path = world.home / "c.jsonl"
    record = {"file": str(path), "maxSize": "1 MiB"}
    for round in range(3):
        peer = await world.client({"few": world.raw("few")}, record=record)
        before = path.read_bytes().count(b"\n") if path.exists() else 0
        while path.read_bytes().count(b"\n") < before + 12:
            assert await peer.text("few__echo", {"text": "first"}) == "few/echo: first"
        for n in range(200):
            peer.begin_call("few__echo", {"text": f"{round} {n} " + "x" * 500})
        await peer.hear(lambda m: "result" in m and m.get("id", 0) > 20, "some answers")
        os.kill(peer.process.pid, signal.SIGKILL)
        await peer.exited()
        await world.gone()
    with path.open("ab") as file:
        file.write(b'{"at":"2026-11-28T17:00:00.000Z","ups')
    peer = await world.start([product(), "replay", str(path), "--as-server"])
    await peer.initialize()
    assert await peer.text("echo", {"text": "first"}) == "few/echo: first"
    assert await peer.says(rb"(The last line was not written to its end)")


async def test_a_file_that_cannot_be_written_stops_the_start(world):
    world.configure({"few": world.raw("few")})
    code, _, err = await world.run(
        "record", "--config", str(world.config), "--output", str(world.home / "no/such/folder/c")
    )
    assert code == 1 and "no/such/folder" in err


async def test_a_file_that_holds_something_else_is_not_continued(world):
    world.configure({"few": world.raw("few")})
    notes = world.home / "notes.txt"
    notes.write_text("Not a recording.\n")
    code, _, err = await world.run("record", "--config", str(world.config), "--output", str(notes))
    assert code == 1 and f"'{notes}': it holds something else. Name another file" in err
    assert notes.read_text() == "Not a recording.\n"


async def test_a_configured_recording_that_another_process_writes_keeps_nobody_from_serving(world):
    record = {"file": str(world.home / "c.jsonl")}
    first = await world.client({"few": world.raw("few")}, record=record)
    second = await world.client({"few": world.raw("few")}, record=record)
    assert await second.text("few__echo", {"text": "x"}) == "few/echo: x"
    assert await second.says(rb"(Nothing is recorded)")
    await first.stop()


# Against a server


async def test_the_same_server_says_the_same_and_a_changed_one_shows_the_changed_call(world):
    world.configure({"few": world.raw("few", '{"tools":["echo","other"]}')}, names={"prefix": "never"})
    path = world.home / "calls.jsonl"
    config = ["--config", str(world.config)]
    peer = await world.start([product(), "record", *config, "--output", str(path)])
    await peer.initialize()
    await peer.text("echo", {"text": "x"})
    await peer.text("other", {"text": "y"})
    await peer.stop()

    code, out, err = await world.run("replay", path, "--against", "few", *config)
    assert code == 0 and out.startswith("1 same, 0 different, 2 not sent"), out + err
    code, out, err = await world.run("replay", path, "--against", "few", "--all", *config)
    assert (code, out) == (0, "3 same, 0 different.\n"), out + err

    changed = '{"tools":["echo","other"],"name":"changed"}'
    world.configure({"few": world.raw("few", changed)})
    code, out, err = await world.run("replay", path, "--against", "few", "--all", *config)
    assert code == 1 and "1 same, 2 different." in out and "\x1b" not in out
    assert 'tools/call echo {"text":"x"}' in out and "changed/echo: x" in out
    found = await world.run("replay", path, "--against", "few", "--all", "--json", *config)
    assert json.loads(found[1])["different"] == 2
    code, out, err = await world.run(
        "replay", path, "--against", "few", "--all", "--ignore", "$.result.content[*].text", *config
    )
    assert (code, out) == (0, "3 same, 0 different.\n"), out + err


@pytest.mark.parametrize("version", [NEWEST, MODERN])
async def test_a_server_at_a_url_is_compared_with_its_recording(world, version):
    upstream = await Upstream(version).start()
    try:
        path, peer, name = await recording_web(world, upstream)
        await peer.call(name, {"text": "x"})
        await peer.stop()
        arguments = ["replay", path, "--against", upstream.url, "--all"]
        code, out, err = await world.run(*arguments)
        assert code == 0, out + err

        async def other(call):
            await call.json(call.response(said("something else")))

        upstream.on("tools/call", other)
        code, out, err = await world.run(*arguments)
        assert code == 1 and "something else" in out and "1 different" in out, out + err
    finally:
        await upstream.close()
    code, out, err = await world.run(*arguments, seconds=60)
    assert code == 1 and err.startswith("manifold: ")


async def test_a_manifold_that_puts_prefixes_before_names_is_told_from_tools_that_write(world):
    world.configure({"few": world.raw("few")})
    path = world.home / "calls.jsonl"
    peer = await world.start([product(), "record", "--config", str(world.config), "--output", str(path)])
    await peer.initialize()
    await peer.text("few__echo", {"text": "x"})
    await peer.stop()
    front = await world.front({"few": world.raw("few")})
    code, out, err = await world.run("replay", path, "--against", front.url)
    assert code == 1 and "1 not sent: the server lists no tool of its name" in out, out + err
    assert "--all" not in out and "'names: { prefix: never }'" in out
    front = await world.front({"few": world.raw("few")}, names={"prefix": "never"})
    code, out, err = await world.run("replay", path, "--against", front.url, "--all")
    assert (code, out) == (0, "2 same, 0 different.\n"), out + err


async def test_a_server_that_wants_a_token_is_explained_in_the_words_of_the_command(world):
    upstream = await Upstream().start()
    try:
        path, peer, name = await recording_web(world, upstream)
        await peer.call(name, {"text": "x"})
        await peer.stop()

        async def closed(call):
            await call.json(None, 401)

        for method in ("initialize", "server/discover", "tools/list", "tools/call"):
            upstream.always(method, closed)
        code, out, err = await world.run("replay", path, "--against", upstream.url, "--all")
        assert code == 1 and "wants an authorization" in err and "The server at http://127.0.0.1" in err, err
        assert "'--against URL' sends no token." in err and "'--against NAME'" in err
        assert "Upstream 'server'" not in err and "next try" not in err and "OAuth" not in err
    finally:
        await upstream.close()


async def test_an_upstream_that_dies_is_shown_with_its_last_words(world):
    path = world.home / "calls.jsonl"
    world.configure({"few": world.raw("few")})
    peer = await world.start(
        [product(), "record", "--config", str(world.config), "--output", str(path)]
    )
    await peer.initialize()
    await peer.text("few__echo", {"text": "x"})
    await peer.stop()
    world.configure({"few": world.raw("crashing")})
    code, out, err = await world.run("replay", path, "--against", "few", "--config", world.config)
    assert code == 1 and "exited with code 1." in err and "stderr: cannot open database" in err, err
    assert "next try" not in err and "manifold status" not in err


async def test_a_recording_is_a_server_or_is_compared_with_one(world):
    code, _, err = await world.run("replay", "c.jsonl", "--as-server", "--against", "x")
    assert code == 2 and "'--as-server' and '--against' exclude each other" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["replay"],
        ["replay", "c.jsonl"],
        ["replay", "c.jsonl", "--as-server", "--against", "x"],
        ["replay", "missing.jsonl", "--as-server"],
        ["replay", "c.jsonl", "--as-server", "--ignore", "$.x"],
        ["replay", "c.jsonl", "--against", "http://x/", "--ignore", "$["],
        ["replay", "no.jsonl", "--as-server"],
    ],
)
async def test_a_wrong_command_line_is_told(world, arguments):
    (world.home / "c.jsonl").write_text('{"recording":1,"started":"x"}\n')
    (world.home / "no.jsonl").write_text("hello\n")
    code, out, err = await world.run(*arguments)
    assert code == 2 and out == "" and err.startswith("manifold: ")


async def test_an_upstream_that_does_not_exist_is_not_recorded_in_silence(world):
    world.configure({"few": world.raw("few"), "off": {**world.raw("few"), "enabled": False}})
    path = world.home / "calls.jsonl"
    arguments = ["record", "--config", str(world.config), "--output", str(path), "--upstream"]
    for name, says in (
        ("fwe", "there is no upstream 'fwe'; did you mean 'few'? There are: few."),
        ("z*", "there is no upstream 'z*'; there are: few."),
        ("off", "upstream 'off' is disabled."),
    ):
        code, out, err = await world.run(*arguments, name)
        assert code == 2 and out == "" and says in err and "'manifold record --help'" in err
    assert not path.exists()
    code, out, err = await world.run(*arguments, "f*")
    assert code == 0 and path.exists(), err


@pytest.mark.parametrize("command", ["record", "serve"])
async def test_a_wrong_address_names_the_command(world, command):
    world.configure({"few": world.raw("few")})
    code, out, err = await world.run(command, "--config", str(world.config), "--http", "127.0.0.1:99999")
    assert code == 2 and "not '127.0.0.1:99999'" in err and f"'manifold {command} --help'" in err
