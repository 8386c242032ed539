"""The README is true: its entry for editors starts, its configuration checks, its commands exist."""

import json
import re
import shutil
import textwrap

from harness.peer import Peer
from harness.world import ROOT, product


def blocks(language: str) -> list[str]:
    """The fenced code blocks of one language, in order."""
    text = (ROOT / "README.md").read_text()
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


def editor_entry() -> dict:
    entries = [json.loads(block) for block in blocks("jsonc?")]
    return next(entry for entry in entries if "servers" in entry)


async def through_the_editor(world) -> Peer:
    """The product as the editor would start it: command, args and env as they stand, found on PATH."""
    [server] = editor_entry()["servers"].values()
    assert server["type"] == "stdio"
    folder = world.home / "bin"
    folder.mkdir()
    (folder / "manifold").symlink_to(product())
    places = {
        "${workspaceFolder}": str(ROOT),
        "${userHome}": str(world.home),
        "/usr/local/bin/manifold": "manifold",
    }

    def placed(text: str) -> str:
        for place, path in places.items():
            text = text.replace(place, path)
        return text

    env = {**world.environment, **server.get("env", {}), "PATH": f"{folder}:{world.environment['PATH']}"}
    client = await Peer.start(
        [placed(server["command"]), *map(placed, server.get("args", []))], env=env, cwd=str(world.home)
    )
    world.peers.append(client)
    await client.initialize()
    return client


async def test_the_entry_for_vs_code_runs_verbatim(world):
    config = world.home / ".config/manifold/manifold.yaml"
    config.parent.mkdir(parents=True)
    config.write_text(json.dumps({"upstreams": {"few": world.raw("few")}}))
    client = await through_the_editor(world)
    assert await client.names()
    assert await client.stop() == 0


async def test_the_sample_plugin_copied_by_a_reader_works_through_the_entry_for_vs_code(world):
    """The sample beside the configuration, its own lines about itself in it, and nothing else changed."""
    folder = world.home / ".config/manifold"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "Examples/plugins/mask.py", folder)
    said = re.search(r"^    plugins:\n(?:^      .*\n)+", (folder / "mask.py").read_text(), re.M)[0]
    upstreams = json.dumps({"m": world.raw("mirror")})
    (folder / "manifold.yaml").write_text(f"upstreams: {upstreams}\n{textwrap.dedent(said)}")
    client = await through_the_editor(world)
    assert json.loads(await client.text("m__show", {"card": "123456789012"})) == {"card": "[masked]"}
    given = {"content": [{"type": "text", "text": "call 123456789"}]}
    assert (await client.call("m__give", {"result": given}))["content"][0]["text"] == "call [masked]"
    assert await client.stop() == 0


async def test_every_configuration_in_the_readme_checks(world):
    examples = [block for block in blocks("ya?ml") if "upstreams:" in block]
    assert examples
    for text in examples:
        world.configure(text)
        names = {name: "0" * 64 for name in re.findall(r"\$\{env:(\w+)\}", text)}
        code, out, err = await world.run("check", "--config", world.config, env=names)
        assert code == 0, err


async def test_every_command_in_the_readme_exists(world):
    commands = {
        match
        for block in blocks("(?:sh|console|bash|text)?")
        for match in re.findall(r"(?:^|\$ )manifold ([a-z]+)", block, re.M)
    }
    assert commands
    for command in commands:
        code, out, err = await world.run(command, "--help")
        assert code == 0, f"manifold {command}: {err}"


async def test_every_make_target_in_the_readme_exists(world):
    text = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"`make ([a-z-]+)", text)) | set(re.findall(r"^make ([a-z-]+)", text, re.M))
    assert {"demo", "test"} <= targets
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert targets <= known
