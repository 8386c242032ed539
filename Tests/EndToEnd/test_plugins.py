"""What an owner puts between clients and servers: with configuration only, as its users would."""

import base64
import hashlib
import json
import os
import signal

import pytest

from harness.payloads import ODDITIES
from test_fidelity import there_and_back

KEY = "0f" * 32
SECRETS = {
    "to": "Ann Müller <ann.müller@example.com>",
    "deep": [{"a": {"email": "b@c.org", "quoted": 'say "x@y.zz" \\ twice'}}, ["😀 d@e.fr 😀"]],
    "card": 4111111111111111,
    "count": 3,
}
TOKENIZE = {
    "tokenize": {
        "name": "pii",
        "upstream": "kinds",
        "patterns": [r"[\w.]+@[\w.]+"],
        "fields": ["**.card"],
        "keys": ["${env:TOKEN_KEY}"],
    }
}


async def seen(client, arguments: dict) -> str:
    """The line in which the server gets a call with these arguments."""
    return base64.b64decode(await client.text("kinds__mirror", arguments)).decode()


async def test_a_server_gets_tokens_and_the_client_its_values_back(world):
    client = await world.client(
        {"kinds": world.raw("kinds")}, plugins=[TOKENIZE], env={"TOKEN_KEY": KEY}
    )
    line = await seen(client, SECRETS)
    arguments = json.loads(line)["params"]["arguments"]
    assert "@" not in line and "4111" not in line
    assert arguments["count"] == 3 and arguments["card"].startswith("mtk_")
    result = {
        "structuredContent": SECRETS,
        "content": [
            {"type": "text", "text": "Wrote to b@c.org."},
            {"type": "text", "text": json.dumps(SECRETS, ensure_ascii=False)},
            {"type": "image", "data": "iVBORw0KGgo=", "mimeType": "image/png"},
        ],
    }
    assert await client.call("kinds__same", result) == result
    # The same value is the same token, in this process and the next.
    again = await world.client(
        {"kinds": world.raw("kinds")}, plugins=[TOKENIZE], env={"TOKEN_KEY": KEY}
    )
    for other in (client, again):
        assert json.loads(await seen(other, SECRETS))["params"] == json.loads(line)["params"]


@pytest.mark.parametrize("tool", ["image", "audio", "structured", "links", "fail", "empty", "echo"])
async def test_what_is_no_secret_is_left_alone(world, tool):
    own = await world.direct(world.raw("kinds"))
    await own.initialize()
    client = await world.client(
        {"kinds": world.raw("kinds")}, plugins=[TOKENIZE], env={"TOKEN_KEY": KEY}
    )
    assert await client.call(f"kinds__{tool}", {"text": "x"}) == await own.call(tool, {"text": "x"})


async def test_each_caller_sees_and_calls_what_it_may(world):
    entry = {"items": "kinds/fail", "clients": "guest*"}
    plugins = [{"rename": {"kinds/fail": "break"}}, {"access": {"name": "who", "deny": [entry]}}]
    host = await world.client({"kinds": world.raw("kinds")}, plugins=plugins)
    assert "kinds__break" in await host.names()
    assert (await host.call("kinds__break"))["content"][0]["text"] == "it did not work"
    guest = await world.start(world.serving())
    info = {"name": "guest-1", "version": "1"}
    await guest.request(
        "initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": info}
    )
    guest.notify("notifications/initialized")
    names = await guest.names()
    assert "kinds__echo" in names and "kinds__break" not in names
    answer = await guest.call("kinds__break")
    assert answer["isError"] and answer["_meta"]["manifold/plugin"] == "who"
    assert answer["_meta"]["manifold/executed"] == "no"
    assert (await guest.refusal("tools/call", {"name": "kinds__fail"}))["code"] == -32602


@pytest.mark.parametrize("payload", ODDITIES)
async def test_rules_that_find_nothing_change_no_byte(world, payload):
    idle = [{"redact": {"name": f"r{n}", "patterns": ["never to be found"]}} for n in range(10)]
    elsewhere = [{"redact": {"upstream": "docs", "patterns": ["."]}} for _ in range(10)]
    plugins = [*idle, *elsewhere, {"limit": {"calls": 1000}}, {"timeout": {"after": "60 s"}}]
    client = await world.client({"kinds": world.raw("kinds")}, plugins=plugins)
    arguments = payload if payload.startswith(b"{") else b'{"x":' + payload + b"}"
    assert await there_and_back(client, "kinds__same", arguments, "odd") == arguments


async def test_a_line_that_was_written_survives_the_process(world):
    audit = {"audit": {"file": str(world.home / "audit.jsonl"), "sync": True}}
    client = await world.client({"kinds": world.raw("kinds")}, plugins=[audit])
    await client.text("kinds__echo", {"text": "SECRET"})
    os.kill(client.process.pid, signal.SIGKILL)
    await client.process.wait()
    text = (world.home / "audit.jsonl").read_text()
    [line] = [json.loads(line) for line in text.splitlines()]
    assert (line["upstream"], line["item"], line["outcome"]) == ("kinds", "echo", "ok")
    assert line["client"] == "raw" and "SECRET" not in text
    assert (world.home / "audit.jsonl").stat().st_mode & 0o777 == 0o600


async def test_lines_go_to_standard_error_without_a_file(world):
    client = await world.client({"kinds": world.raw("kinds")}, plugins=[{"audit": {}}])
    await client.text("kinds__echo", {"text": "x"})
    line = json.loads(await client.says(rb'(\{"time":"[^\n]*\})\n'))
    assert (line["item"], line["outcome"]) == ("echo", "ok")


async def test_status_shows_what_plugins_have_done(world):
    redact = {"redact": {"name": "digits", "patterns": ["[0-9]{9,}"], "replacement": "-"}}
    client = await world.client({"kinds": world.raw("kinds")}, plugins=[redact, {"schema": {}}])
    assert await client.text("kinds__echo", {"text": "id 123456789"}) == "id -"
    [process] = await world.json("status")
    [digits, schema] = process["plugins"]
    assert (digits["name"], digits["kind"]) == ("digits", "redact")
    assert digits["hits"] >= 1 and digits["changes"] == 1 and digits["errors"] == 0
    assert digits["p99Microseconds"] >= digits["p50Microseconds"]
    assert schema["hits"] > 0
    code, out, err = await world.run("status")
    assert code == 0 and "PLUGIN" in out and "digits" in out


async def test_what_was_known_before_is_pinned_too(world):
    pins = world.home / "pins.json"
    world.configure({"kinds": world.raw("kinds")})
    for _ in range(2):
        assert (await world.run("tools", "--config", world.config))[0] == 0
    world.configure({"kinds": world.raw("kinds")}, plugins=[{"pin": {"file": str(pins)}}])
    assert (await world.run("tools", "--config", world.config))[0] == 0
    assert "kinds/echo" in json.loads(pins.read_text())


async def test_pins_outlive_the_process_and_block_what_changed(world):
    pins = world.home / "pins.json"
    plugins = [{"pin": {"file": str(pins), "change": "block"}}]
    client = await world.client({"kinds": world.raw("kinds")}, plugins=plugins)
    first = await client.names()
    assert await client.stop() == 0
    book = json.loads(pins.read_text())
    assert set(book) == {name.replace("__", "/", 1) for name in first}
    definition = {**book["kinds/echo"]["definition"], "description": "Obey."}
    canonical = json.dumps(definition, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    book["kinds/echo"] = {"sha256": digest, "definition": definition}
    pins.write_text(json.dumps(book))
    again = await world.client({"kinds": world.raw("kinds")}, plugins=plugins)
    assert set(await again.names()) == set(first) - {"kinds__echo"}
    code, out, err = await world.run("status")
    assert "'/description' was \"Obey.\" and is \"Says it again.\"" in out
