"""Configuration: where it is found, how it is written, and errors as compilers give them."""

import json

import pytest

GOOD = """\
# Two servers behind one
server:
  name: team-tools
upstreams:
  few:
    stdio: { command: %(command)s, args: %(args)s, env: { WITNESS: %(witness)s } }
"""


def text(world) -> str:
    stdio = world.raw("few")["stdio"]
    return GOOD % {"command": stdio["command"], "args": stdio["args"], "witness": world.witness.path}


async def test_it_is_written_in_yaml(world):
    client = await world.client(text(world))
    assert await client.text("few__echo", {"text": "x"}) == "few/echo: x"


async def names_found(world, **options) -> str:
    code, out, err = await world.run("tools", **options)
    return out if code == 0 else f"exit {code}: {err}"


async def test_it_is_found_in_the_order_of_the_documentation(world):
    places = {
        "xdg": world.home / "config/manifold/manifold.yaml",
        "variable": world.home / "variable.yaml",
        "flag": world.home / "flag.yaml",
    }
    for name, path in places.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(world).replace("  few:", f"  {name}:"))
    inline = {"MANIFOLD_CONFIG_INLINE": text(world).replace("  few:", "  inline:")}
    variable = {"MANIFOLD_CONFIG": str(places["variable"])}
    assert "xdg__echo" in await names_found(world)
    assert "inline__echo" in await names_found(world, env=inline)
    assert "variable__echo" in await names_found(world, env=inline | variable)
    code, out, err = await world.run("tools", "--config", places["flag"], env=inline | variable)
    assert code == 0 and "flag__echo" in out


async def test_it_is_never_found_in_the_working_directory(world):
    folder = world.home / "project"
    folder.mkdir()
    for name in ("manifold.yaml", "manifold.json", ".manifold.yaml", "mcp.json", ".mcp.json"):
        (folder / name).write_text(text(world))
    code, out, err = await world.run("tools", cwd=str(folder))
    assert code == 2 and out == "" and world.witness.count("started") == 0


@pytest.mark.parametrize(
    "before, after, words",
    [
        ("upstreams:", "upstream:", ["upstreams", ":4:1"]),
        ("command:", "comand:", ["command", ":6:"]),
        ("  name: team-tools", "  name: [1]", [":3:"]),
        ("stdio:", "sdtio:", ["stdio", ":6:5"]),
        ("upstreams:", "upstreams: {", [":"]),
        ("server:\n", "server:\n  naem: x\n", ["name", ":3:3"]),
        ("  few:", "  few:\n    hidden: [x]", ["hide", ":6:5"]),
    ],
)
async def test_a_mistake_is_shown_with_its_line_a_caret_and_a_suggestion(world, before, after, words):
    world.configure(text(world).replace(before, after, 1))
    for command in ("check", "serve", "tools"):
        code, out, err = await world.run(command, "--config", world.config)
        assert code == 2 and out == "", (command, err)
        assert str(world.config) in err and "^" in err, err
        assert [word for word in words if word not in err] == []


RULES = """\
plugins:
  - jq: { name: fine, program: .a = 1, when: .b | nope }
  - jq:
      program: |
        .c
        | neither
"""


async def test_a_mistake_in_a_program_is_shown_at_its_place_and_not_where_there_is_none(world):
    world.configure(text(world) + RULES)
    code, out, err = await world.run("check", "--config", world.config)
    assert code == 2 and out == ""
    assert f"{world.config}:8:46: error: rule 'fine', line 1 of the condition: nope/0 is not defined" in err
    assert f"{world.config}:10:16: error: line 2 of the program: neither/0 is not defined" in err
    assert "    | neither\n    ^\n" in err
    code, out, err = await world.run("check", "--json", "--config", world.config)
    places = [(each["line"], each["column"]) for each in json.loads(out)["errors"]]
    assert code == 2 and places == [(8, 46), (10, 16)]


async def test_a_rule_about_no_upstream_is_warned_of(world):
    world.configure(text(world) + "plugins:\n  - redact: { upstream: fwe, patterns: [x] }\n")
    says = "'upstream' of plugin 'redact': 'fwe' fits no upstream; did you mean 'few'?"
    code, out, err = await world.run("check", "--config", world.config)
    assert code == 0 and f"{world.config}:8:25: warning: {says}\n" in err and "^" in err
    assert "valid" in out
    code, out, err = await world.run("check", "--probe", "--config", world.config)
    assert code == 0 and f"warning: {says}\n" in err
    for options in ([], ["--probe"]):
        code, out, err = await world.run("check", "--json", *options, "--config", world.config)
        [warning] = json.loads(out)["configurationWarnings"]
        assert code == 0 and err == "", err
        assert (warning["line"], warning["column"], warning["message"]) == (8, 25, says)
    client = await world.client(world.config.read_text())
    await client.says(rb"manifold\.yaml:8:25: (.*'fwe' fits no upstream)")


async def test_every_mistake_is_shown_at_once(world):
    world.configure(text(world).replace("command:", "comand:").replace("name:", "naem:"))
    code, out, err = await world.run("check", "--config", world.config)
    assert code == 2 and "comand" in err and "naem" in err


async def test_a_missing_file_is_said_to_be_missing(world):
    code, out, err = await world.run("serve", "--config", "/nowhere/manifold.yaml")
    assert code == 2 and "/nowhere/manifold.yaml" in err


async def test_a_secret_is_never_printed(world):
    entry = world.raw("kinds", env={"TOKEN": "${env:TOKEN}"})
    secret = {"TOKEN": "hunter2-hunter2"}
    for arguments in (
        ["check"],
        ["check", "--probe"],
        ["names"],
        ["tools", "--log-level", "debug"],
        ["call", "kinds__die"],
    ):
        world.configure({"kinds": entry, "crashing": {**world.raw("crashing", env={"T": "${env:TOKEN}"})}})
        code, out, err = await world.run(*arguments, "--config", world.config, env=secret)
        assert "hunter2" not in out + err, arguments


async def test_arguments_and_results_are_never_logged(world):
    client = await world.serve({"kinds": world.raw("kinds")}, env={"MANIFOLD_LOG_LEVEL": "debug"})
    await client.initialize()
    await client.text("kinds__echo", {"text": "private-words"})
    client.send_line('{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"private-words":')
    await client.request("ping")
    await client.stop()
    assert b"private-words" not in client.errors


async def test_nothing_is_written_outside_its_own_folders(world):
    client = await world.client({"few": world.raw("few")})
    await client.names()
    before = {path.name for path in world.home.iterdir()}
    assert before <= {"w", "run", "manifold.yaml", "cache", "state", "config"}
    await client.stop()
    left = [path for path in world.home.rglob("*") if path.is_file() and path != world.config]
    assert all("manifold" in str(path.relative_to(world.home)) for path in left)
    assert [path for path in left if path.stat().st_mode & 0o077] == []
    assert [path for path in world.home.rglob("*") if path.is_socket() and path.name != "w"] == []
