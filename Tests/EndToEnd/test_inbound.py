"""The section `inbound`: who may come in over HTTP, and what a reload makes of it."""

import asyncio
import http.client
import json
import os
import re
import signal
import ssl
import subprocess
from urllib.parse import urlsplit

import pytest

from harness.limits import PATIENCE

HELLO = json.dumps(
    {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "raw", "version": "1"},
        },
    }
)


class Door:
    """manifold with a door over HTTP, whose configuration is edited while it serves."""

    def __init__(self, world, peer, url: str):
        self.world, self.peer, self.url = world, peer, url

    @classmethod
    async def open(cls, world, inbound: dict, address: str = "127.0.0.1:0") -> "Door":
        world.configure({}, inbound=inbound)
        peer = await world.start([*world.serving(), "--http", address, "--stdio"])
        url = await peer.says(rb"Listening on (https?://\S+)\.\s")
        # From then on it hears signals, too.
        await peer.initialize()
        return cls(world, peer, url.decode().replace("0.0.0.0", "127.0.0.1"))

    async def edit(self, inbound: dict, says: bytes = rb"(was read again)") -> None:
        """Writes the file anew; returns when the log says what is expected of that."""
        self.peer.errors.clear()
        self.world.configure({}, inbound=inbound)
        await self.look(says)

    async def look(self, says: bytes) -> None:
        """Has the files looked at; returns when the log says what is expected of that."""
        os.kill(self.peer.process.pid, signal.SIGHUP)
        await self.peer.says(says)

    async def ask(self, headers: dict | None = None, body: str = HELLO, **tls) -> http.client.HTTPResponse:
        """The answer to one POST over a connection of its own; its text is in `text`."""
        return await asyncio.to_thread(self._ask, {} if headers is None else headers, body, tls)

    def _ask(self, headers: dict, body: str, tls: dict) -> http.client.HTTPResponse:
        place = urlsplit(self.url)
        if place.scheme == "https":
            way = http.client.HTTPSConnection("localhost", place.port, context=context(**tls), timeout=PATIENCE)
        else:
            way = http.client.HTTPConnection("localhost", place.port, timeout=PATIENCE)
        usual = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        try:
            way.request("POST", "/mcp", body, usual | headers)
            answer = way.getresponse()
            answer.text = answer.read().decode()
            return answer
        finally:
            way.close()

    async def status(self, token: str | None = None, **headers: str) -> int:
        given = {} if token is None else {"Authorization": f"Bearer {token}"}
        return (await self.ask(given | headers)).status


def context(authority: str, certificate: str | None = None, key: str | None = None) -> ssl.SSLContext:
    made = ssl.create_default_context(cafile=authority)
    if certificate is not None:
        made.load_cert_chain(certificate, key)
    return made


def certify(folder, name: str) -> dict[str, str]:
    """The files of a certificate for this machine that vouches for itself."""
    files = {"certificate": f"{folder}/{name}.pem", "key": f"{folder}/{name}.key"}
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        + ["-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost"]
        + ["-keyout", files["key"], "-out", files["certificate"]],
        check=True,
        capture_output=True,
    )
    return files


# A reload


async def test_another_token_is_in_force_from_the_reload_on(world):
    door = await Door.open(world, {"bearer": "one"})
    assert (await door.status("one"), await door.status("two")) == (200, 401)
    await door.edit({"bearer": "two"})
    assert (await door.status("one"), await door.status("two")) == (401, 200)


async def test_requests_that_are_refused_leave_one_line_a_minute(world):
    door = await Door.open(world, {"bearer": "one"})
    assert [await door.status("two") for _ in range(20)] == [401] * 20
    assert await door.status() == 401
    assert await door.status("one") == 200
    assert await door.peer.says(rb"warning: (A request from 127\.0\.0\.1:\d+ was refused: .+\.)\n")
    assert door.peer.errors.count(b"was refused") == 1


async def test_a_token_can_be_demanded_and_given_up_while_it_serves(world):
    door = await Door.open(world, {})
    assert await door.status() == 200
    await door.edit({"bearer": "one"})
    assert (await door.status(), await door.status("one")) == (401, 200)
    await door.edit({})
    assert await door.status() == 200


async def test_hosts_and_origins_are_in_force_from_the_reload_on(world):
    door = await Door.open(world, {})
    host, origin = {"Host": "mcp.example"}, {"Origin": "https://app.example"}
    assert (await door.status(**host), await door.status(**origin)) == (421, 403)
    await door.edit({"hosts": ["mcp.example"], "origins": ["https://app.example"]})
    assert (await door.status(**host), await door.status(**origin)) == (200, 200)
    await door.edit({})
    assert (await door.status(**host), await door.status(**origin)) == (421, 403)


async def test_a_reload_that_would_let_anybody_in_is_refused(world):
    door = await Door.open(world, {"bearer": "one"}, "0.0.0.0:0")
    await door.edit({"hosts": ["mcp.example"]}, rb"(would let anybody in)")
    assert (await door.status(), await door.status("one")) == (401, 200)
    assert "would let anybody in" in json.dumps(await world.json("status"))
    await door.edit({"bearer": "two"})
    assert (await door.status("one"), await door.status("two")) == (401, 200)


async def test_a_certificate_is_renewed_while_it_serves_and_a_broken_one_changes_nothing(world):
    one, two = certify(world.home, "one"), certify(world.home, "two")
    door = await Door.open(world, {"tls": one})
    assert (await door.ask(authority=one["certificate"])).status == 200
    await door.edit({"tls": one | {"key": two["key"]}}, rb"('key' of 'tls' of 'inbound': Could not use the private key)")
    assert b"manifold.yaml:" in door.peer.errors
    assert (await door.ask(authority=one["certificate"])).status == 200
    await door.edit({"tls": two})
    assert (await door.ask(authority=two["certificate"])).status == 200


async def test_a_certificate_that_is_replaced_in_its_file_is_taken_over(world):
    one, two = certify(world.home, "one"), certify(world.home, "two")
    door = await Door.open(world, {"tls": one})
    for part in ("key", "certificate"):
        os.replace(two[part], one[part])
    await door.look(rb"(The certificate of 'inbound\.tls' was read again\.)")
    assert (await door.ask(authority=one["certificate"])).status == 200


async def test_what_cannot_be_changed_while_it_serves_is_named(world):
    door = await Door.open(world, {})
    await door.edit({"tls": certify(world.home, "one")}, rb"('inbound\.tls'.* next start)")
    assert await door.status() == 200
    await door.edit({"sealingKeys": ["00" * 32]}, rb"('inbound\.sealingKeys'.* next start)")


async def test_a_key_that_seals_is_taken_over_with_its_sessions(world):
    other = await Door.open(world, {"sealingKeys": ["22" * 32]})
    token = (await other.ask()).headers["Mcp-Session-Id"]
    door = await Door.open(world, {"sealingKeys": ["11" * 32]})
    listing = json.dumps({"jsonrpc": "2.0", "id": 2, "method": "tools/list"})
    headers = {"Mcp-Session-Id": token, "MCP-Protocol-Version": "2025-11-25"}
    assert (await door.ask(headers, listing)).status == 404
    await door.edit({"sealingKeys": ["11" * 32, "22" * 32]})
    assert (await door.ask(headers, listing)).status == 200


# What `check` and the start say


TLS = """upstreams: {}
inbound:
  tls:
    certificate: nope.pem
    key: nope.key
"""
KEYS = """upstreams: {}
inbound:
  sealingKeys:
    - "0000000000000000000000000000000000000000000000000000000000000000"
    - abc
"""


async def complaints(world, text: str) -> list[str]:
    """What is said by each command that has to see that `serve` cannot use a configuration."""
    world.configure(text)
    commands = [["check"], ["check", "--probe"], ["serve", "--http", "127.0.0.1:0"]]
    said = []
    for command in commands:
        code, out, err = await world.run(*command, "--config", world.config)
        assert code == 2, (command, code, out, err)
        said.append(err)
    return said


async def test_a_certificate_that_is_not_there_is_an_error_at_its_line_wherever_it_is_looked_for(world):
    one, *others = await complaints(world, TLS)
    assert one == (
        f"{world.config}:4:18: error: 'certificate' of 'tls' of 'inbound': Could not open "
        f"'{world.home}/nope.pem': No such file or directory\n"
        "    certificate: nope.pem\n"
        "                 ^\n"
    )
    assert others == [one, one]


async def test_a_key_that_is_none_is_an_error_at_its_line_wherever_it_is_looked_for(world):
    one, *others = await complaints(world, KEYS)
    assert one == (
        f"{world.config}:5:7: error: item 2 of 'sealingKeys' of 'inbound' must be 32 bytes in Base64 or "
        "hexadecimal digits; 'openssl rand -base64 32' makes one\n"
        "    - abc\n"
        "      ^\n"
    )
    assert others == [one, one]


async def test_check_reads_no_secret_and_says_nothing_about_what_it_would_be(world):
    secret = "${secret:arn:aws:secretsmanager:eu-west-1:123456789012:secret:x}"
    world.configure({}, inbound={"sealingKeys": [secret], "bearer": secret})
    nobody = {"AWS_EC2_METADATA_DISABLED": "true"}
    code, out, err = await world.run("check", "--config", world.config, env=nobody)
    assert (code, err) == (0, "")


# Clients with certificates


async def test_a_client_with_a_certificate_needs_no_token_and_one_without_leaves_a_line(world):
    server, client = certify(world.home, "server"), certify(world.home, "client")
    trusted = {"authority": server["certificate"]}
    door = await Door.open(world, {"tls": server | {"clientCA": client["certificate"]}}, "0.0.0.0:0")
    assert (await door.ask(**trusted, **client)).status == 200
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await door.ask(**trusted)
    line = await door.peer.says(rb"(warning: The TLS handshake with 127\.0\.0\.1:\d+ failed: .+)\n")
    assert b"certificate" in line


async def test_a_certificate_that_is_demanded_later_ends_the_connections_that_showed_none(world):
    server, client = certify(world.home, "server"), certify(world.home, "client")
    trusted = {"authority": server["certificate"]}
    door = await Door.open(world, {"bearer": "one", "tls": server}, "0.0.0.0:0")
    place = urlsplit(door.url)
    old = http.client.HTTPSConnection("localhost", place.port, context=context(**trusted), timeout=PATIENCE)
    await asyncio.to_thread(old.connect)
    try:
        await door.edit({"tls": server | {"clientCA": client["certificate"]}})
        assert await asyncio.to_thread(old.sock.recv, 1) == b""
    finally:
        old.close()
    assert (await door.ask(**trusted, **client)).status == 200
    await door.edit({"tls": server}, rb"(would let anybody in)")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await door.ask(**trusted)


# What clients are told


async def test_a_wrong_token_is_told_from_a_missing_one(world):
    door = await Door.open(world, {"bearer": "one"})
    missing, wrong = await door.ask(), await door.ask({"Authorization": "Bearer two"})
    assert missing.headers["WWW-Authenticate"] == 'Bearer realm="manifold"'
    assert wrong.headers["WWW-Authenticate"] == 'Bearer realm="manifold", error="invalid_token"'
    assert missing.text != wrong.text


async def test_a_body_that_is_too_large_is_told_which_limit_it_breaks(world):
    front = await world.front({}, limits={"message": "1 KiB"})
    door = Door(world, None, front.url)
    answer = await door.ask(body=HELLO + " " * 2048)
    assert answer.status == 413
    assert answer.text == "The body is larger than the 1024 bytes that this server reads ('limits.message').\n"


async def test_a_limit_that_is_changed_while_it_serves_stays_what_it_was_and_is_named(world):
    door = await Door.open(world, {})
    door.peer.errors.clear()
    world.configure({}, limits={"message": "1 KiB"})
    await door.look(rb"('limits\.message'.* next start)")
    assert (await door.ask(body=HELLO + " " * 2048)).status == 200


# A file that goes away


async def test_a_configuration_that_was_removed_is_told_once(world):
    door = await Door.open(world, {})
    text = world.config.read_text()
    world.config.unlink()
    gone = rb"(error: manifold: Could not open '[^']*manifold\.yaml': No such file or directory\.)"
    await door.peer.says(gone)
    assert "No such file" in json.dumps(await world.json("status"))
    world.config.write_text(text)
    await door.edit({"bearer": "one"})
    assert len(re.findall(gone, door.peer.errors)) == 0
    assert "No such file" not in json.dumps(await world.json("status"))
