"""`check --probe`: what it says of plugins and of files that are written, and that it changes none."""

import json
import sys

import pytest

from test_executable_plugins import entry, small

LATE = 'import sys; print("no licence", file=sys.stderr); sys.exit(3)'


async def probed(world, upstreams: dict | None = None, **more) -> tuple[int, dict[str, dict], str]:
    """The exit code, what is said of the plugins, and the report for people."""
    world.configure(upstreams if upstreams is not None else {"few": world.raw("few")}, **more)
    words = ["check", "--probe", "--config", str(world.config)]
    code, out, err = await world.run(*words, "--json")
    told, text, noise = await world.run(*words)
    assert told == code, err
    # What the report says is not said beside it.
    assert "Plugin '" not in noise, noise
    return code, {each["name"]: each for each in json.loads(out)["plugins"]}, text


async def test_plugins_that_work_are_no_reason_to_fail_and_no_file_is_made(world):
    audit = {"audit": {"file": str(world.home / "audit.jsonl")}}
    record = {"file": str(world.home / "calls.jsonl")}
    code, plugins, text = await probed(
        world, plugins=[small(world, 'say(id=m["id"], result={"verdict": "pass"})', name="fine"), audit], record=record
    )
    assert code == 0 and {name for name, each in plugins.items() if each["ok"]} == {"fine", "audit", "record"}, text
    assert "Not working" not in text
    assert not (world.home / "audit.jsonl").exists() and not (world.home / "calls.jsonl").exists()


async def test_a_program_that_cannot_be_asked_is_reported_like_an_upstream(world):
    plugins = [
        entry("no-such-program-anywhere", name="missing"),
        entry(sys.executable, "-c", LATE, name="ends"),
        entry(sys.executable, "-c", 'print("hello")', name="rude"),
    ]
    code, found, text = await probed(world, plugins=plugins)
    assert code == 1 and "Not working: missing, ends, rude." in text and "1 of 1 upstream works" in text
    assert "no program of that name in PATH" in found["missing"]["failure"]
    assert "exited with code 3" in found["ends"]["failure"] and found["ends"]["standardError"] == ["no licence"]
    assert not found["rude"]["ok"]
    assert "ends (executable)  failed" in text and "stderr    no licence" in text


@pytest.mark.parametrize(
    ("kind", "settings", "words"),
    [
        ("audit", {"file": "nowhere/audit.jsonl"}, "nowhere'"),
        ("audit", {"file": "."}, "directory"),
        ("pin", {"file": "nowhere/pins.json"}, "nowhere'"),
        ("pin", {"file": "notes.txt"}, "is no file of pins"),
        ("record", {"file": "nowhere/calls.jsonl"}, "nowhere'"),
        ("record", {"file": "notes.txt"}, "it holds something else"),
    ],
)
async def test_a_file_that_cannot_be_used_is_reported_and_left_as_it_is(world, kind, settings, words):
    notes = world.home / "notes.txt"
    notes.write_text("Not ours.\n")
    more = {"record": settings} if kind == "record" else {"plugins": [{kind: settings}]}
    code, found, text = await probed(world, **more)
    assert code == 1 and words in found[kind]["failure"], found
    assert f"{kind}  failed" in text and words in text
    assert notes.read_text() == "Not ours.\n" and not (world.home / "nowhere").exists()


async def test_plugins_are_tried_without_any_upstream(world):
    code, found, text = await probed(world, {}, plugins=[{"audit": {"file": "nowhere/a.jsonl"}}])
    assert code == 1 and not found["audit"]["ok"] and "There are no upstreams to start." in text


async def test_a_recording_that_another_process_writes_is_no_failure(world):
    record = {"file": str(world.home / "calls.jsonl")}
    client = await world.client({"few": world.raw("few")}, record=record)
    assert await client.text("few__echo", {"text": "x"}) == "few/echo: x"
    code, found, text = await probed(world, record=record)
    assert code == 0 and found["record"]["ok"], text
