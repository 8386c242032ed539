"""What a child is given: its own variables, the usual ones, and none of ours."""

import json
import os
import re
from pathlib import Path

from harness import processes

USUAL = {
    "HTTP_PROXY": "http://proxy:1",
    "https_proxy": "http://proxy:2",
    "NO_PROXY": "localhost",
    "SSL_CERT_FILE": "/ca.pem",
    "SSL_CERT_DIR": "/certs",
    "NODE_EXTRA_CA_CERTS": "/node.pem",
    "REQUESTS_CA_BUNDLE": "/req.pem",
    "CURL_CA_BUNDLE": "/curl.pem",
    "LANG": "C.UTF-8",
    "TERM": "dumb",
    "USER": "me",
    "SHELL": "/bin/sh",
}
OURS = {
    "AWS_SECRET_ACCESS_KEY": "s3cret",
    "GITHUB_TOKEN": "t0ken",
    "DATABASE_URL": "postgres://x",
    "LD_PRELOAD": "",
}


async def environment(client, upstream: str = "kinds") -> dict:
    return json.loads(await client.text(f"{upstream}__who"))["environment"]


async def test_a_child_gets_the_usual_variables_and_no_secret_of_ours(world):
    client = await world.client({"kinds": world.raw("kinds")}, env={**USUAL, **OURS})
    seen = await environment(client)
    assert {name: seen.get(name) for name in USUAL} == USUAL
    assert seen["PATH"] and seen["HOME"] == str(world.home)
    assert [name for name in OURS if name in seen] == []
    assert [name for name in seen if name.startswith("MANIFOLD")] == []


async def test_a_child_gets_what_the_configuration_says(world):
    entry = world.raw("kinds", env={"TOKEN": "${env:GITHUB_TOKEN}", "PLAIN": "a b$c", "LANG": "de_DE"})
    client = await world.client({"kinds": entry}, env=OURS)
    seen = await environment(client)
    assert (seen["TOKEN"], seen["PLAIN"], seen["LANG"]) == ("t0ken", "a b$c", "de_DE")


async def test_a_child_may_inherit_chosen_variables(world):
    client = await world.client(
        {"kinds": world.raw("kinds", inheritEnv=["GITHUB_*", "PATH"])}, env={**USUAL, **OURS}
    )
    seen = await environment(client)
    assert seen["GITHUB_TOKEN"] == "t0ken" and "AWS_SECRET_ACCESS_KEY" not in seen


async def test_a_missing_variable_is_an_error_that_names_it_and_its_line(world):
    world.configure(
        "upstreams:\n  a:\n    stdio:\n      command: cat\n      env:\n        X: ${env:NOT_SET_ANYWHERE}\n"
    )
    code, out, err = await world.run("check", "--config", world.config)
    assert code == 2 and "NOT_SET_ANYWHERE" in err and f"{world.config}:6:" in err


async def test_a_child_starts_where_it_is_told(world):
    folder = world.home / "work"
    folder.mkdir()
    client = await world.client({"kinds": world.raw("kinds", cwd=str(folder))})
    assert json.loads(await client.text("kinds__who"))["cwd"] == str(folder)


async def test_a_missing_folder_is_said_to_be_missing(world):
    client = await world.client({"kinds": world.raw("kinds", cwd="/nowhere/at/all"), "few": world.raw("few")})
    assert await client.names() == ["few__echo"]
    await client.stop()
    assert b"/nowhere/at/all" in client.errors


async def test_a_variables_file_is_read_when_the_child_starts(world):
    file = world.home / "secrets.env"
    file.write_text('# comment\nFROM_FILE=one two\nQUOTED="a b"\n\n')
    client = await world.client({"kinds": world.raw("kinds", envFile=str(file))})
    seen = await environment(client)
    assert (seen["FROM_FILE"], seen["QUOTED"]) == ("one two", "a b")


async def test_a_program_is_found_on_the_childs_path(world):
    folder = world.home / "bin"
    folder.mkdir()
    entry = world.raw("kinds")
    (folder / "my-server").write_text(
        "#!/bin/sh\nexec " + " ".join([entry["stdio"]["command"], *entry["stdio"]["args"]]) + "\n"
    )
    (folder / "my-server").chmod(0o755)
    entry["stdio"] |= {
        "command": "my-server",
        "args": [],
        "env": {**entry["stdio"]["env"], "PATH": f"{folder}:/usr/bin:/bin"},
    }
    client = await world.client({"kinds": entry})
    assert await client.text("kinds__echo", {"text": "x"}) == "x"


async def test_a_child_starts_with_signals_and_descriptors_of_its_own(world):
    """`cat` looks after nothing itself, so what it has is what it was given."""
    upstreams = {"cat": {"stdio": {"command": "cat"}}, "few": world.raw("few")}
    client = await world.client(upstreams, limits={"startWait": "200 ms"})
    await client.names()
    commands = {pid: Path(f"/proc/{pid}/comm").read_text() for pid in processes.children(client.process.pid)}
    [pid] = [pid for pid, command in commands.items() if command == "cat\n"]
    masks = re.findall(r"^Sig(?:Blk|Ign):\t(\w+)$", Path(f"/proc/{pid}/status").read_text(), re.M)
    assert [int(mask, 16) for mask in masks] == [0, 0]
    assert set(os.listdir(f"/proc/{pid}/fd")) == {"0", "1", "2"}
    assert os.getpgid(pid) == pid
