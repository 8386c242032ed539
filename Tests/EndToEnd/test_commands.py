"""The command line: what it prints, for people and with --json, and its exit codes."""

import json
import os

import pytest

from harness.shapes import rows
from harness.world import product
from test_faults import bad


def configured(world, upstreams: dict | None = None) -> list[str]:
    world.configure(upstreams or {"kinds": world.raw("kinds"), "few": world.raw("few")})
    return ["--config", str(world.config)]


async def test_tools_prompts_and_resources_are_listed(world):
    config = configured(world)
    tools = await world.json("tools", *config)
    assert {"kinds__echo", "few__echo"} <= set(rows(tools))
    assert rows(tools)["kinds__structured"]["definition"]["outputSchema"]["$defs"]["n"]["$anchor"] == "n"
    assert set(rows(await world.json("prompts", *config))) >= {"kinds__greet", "kinds__plain"}
    assert "memo://note" in json.dumps(await world.json("resources", *config))


@pytest.mark.parametrize("command", ["tools", "prompts", "resources"])
async def test_a_list_for_people_is_one_line_each_without_colour(world, command):
    code, out, err = await world.run(command, *configured(world))
    assert code == 0 and "kinds" in out + out and "\x1b" not in out
    assert {"tools": "kinds__echo", "prompts": "kinds__greet", "resources": "memo://note"}[command] in out


async def test_call_prints_the_result(world):
    config = configured(world)
    assert (await world.json("call", "kinds__echo", '{"text":"hi"}', *config))["content"][0]["text"] == "hi"
    code, out, err = await world.run("call", "kinds__echo", '{"text":"hi"}', *config)
    assert (code, out) == (0, "hi\n")
    code, out, err = await world.run("call", "kinds__echo", "-", *config, input=b'{"text":"from stdin"}')
    assert (code, out) == (0, "from stdin\n")


async def test_call_keeps_the_bytes_of_arguments_and_result(world):
    code, out, err = await world.run(
        "call", "kinds__same", '{"x":[1.0,-0,1E400,18446744073709551616]}', *configured(world), "--json"
    )
    assert (code, out.strip()) == (0, '{"x":[1.0,-0,1E400,18446744073709551616]}')


@pytest.mark.parametrize(
    "arguments, code",
    [
        (["kinds__fail"], 1),
        (["kinds__refuse"], 1),
        (["kinds__nothing"], 1),
        (["kinds__echo", "{"], 2),
        (["kinds__echo", "[]"], 2),
        ([], 2),
    ],
)
async def test_a_call_that_fails_says_so_with_its_exit_code(world, arguments, code):
    got, out, err = await world.run("call", *arguments, *configured(world))
    assert got == code and err.strip()


async def test_a_call_tells_the_tools_own_error_from_a_refusal_before_it(world):
    config = configured(world)
    code, out, err = await world.run("call", "kinds__fail", *config)
    assert code == 1 and "manifold: the tool reported an error." in err
    refusing = {"executable": {"command": "no-such-program-anywhere", "name": "judge"}}
    world.configure({"kinds": world.raw("kinds")}, plugins=[refusing])
    code, out, err = await world.run("call", "kinds__echo", '{"text":"x"}', *config)
    assert code == 1 and "the tool reported" not in err
    assert "manifold: the plugin 'judge' refused the call; the tool did not run." in err
    assert world.witness.count("executed", tool="echo") == 0


async def test_a_server_that_dies_is_shown_with_its_last_words_where_it_is_used_from_the_terminal(world):
    config = configured(world, {"crashing": world.raw("crashing"), "few": world.raw("few")})
    for command in (["tools"], ["call", "crashing__x"], ["check", "--probe"]):
        code, out, err = await world.run(*command, *config)
        said = out + err
        assert code == 1 and "exited with code 1." in said, said
        assert "cannot open database /nowhere/x.db" in said and "manifold status" not in said
    problems = json.loads((await world.run("tools", "--json", *config))[1])["problems"]
    assert problems[0]["standardError"] == ["cannot open database /nowhere/x.db"]


async def test_a_call_that_a_server_dies_of_shows_its_last_words(world):
    config = configured(world, {"dying": world.raw("dying", "after reading", str(world.home / "died"))})
    assert (await world.run("tools", *config))[0] == 0
    code, out, err = await world.run("call", "dying__work", *config)
    assert code == 1 and "manifold: the tool gave no answer." in err
    assert (out + err).count("may have run") == 1 and "manifold status" not in out + err


async def test_a_name_that_nobody_has_is_all_that_is_said(world):
    config = configured(world, {"slow": world.raw("hanging", "initialize")})
    code, out, err = await world.run("call", "nope__x", *config)
    assert code == 1 and "Unknown tool 'nope__x'." in err, err
    assert "slow" not in err and "not ready" not in err and "Shown is" not in err, err


async def test_a_command_that_ends_promises_no_next_try(world):
    config = configured(world, {"gone": {"stdio": {"command": "/nowhere/x"}}})
    for command in (["call", "gone__x"], ["call", "gone__x", "--json"], ["tools"], ["read", "memo://x"]):
        code, out, err = await world.run(*command, *config)
        assert code == 1 and "/nowhere/x" in out + err and "next try" not in out + err, out + err


async def test_a_time_that_is_too_short_is_named_with_its_option(world):
    config = configured(world)
    code, out, err = await world.run("call", "kinds__echo", "--timeout", "1ms", *config)
    assert code == 1 and "No answer came within '--timeout 1ms'." in err, err
    code, out, err = await world.run("tools", "--timeout", "1ms", *config)
    assert code == 1 and "Upstream 'few' was not ready within '--timeout 1ms'." in err, err


async def test_a_mistake_in_an_answer_is_not_one_in_the_arguments(world):
    for answer, words in (("{x", "'--answer' cannot be read as JSON"), ("[]", "'--answer' must be a JSON object")):
        code, out, err = await world.run("call", "kinds__echo", "--answer", answer, *configured(world))
        assert code == 2 and words in err and "arguments" not in err


async def test_an_option_that_would_not_be_read_is_not_taken(world):
    config = configured(world)
    for command in (["status"], ["version"], ["bridge"], ["rules", "try", "."]):
        code, out, err = await world.run(*command, *config)
        assert code == 2 and "unknown option '--config'" in err


async def test_read_prints_the_resource(world):
    config = configured(world)
    code, out, err = await world.run("read", "memo://note", *config)
    assert (code, out.strip()) == (0, "note of kinds")
    assert (await world.json("read", "memo://note", *config))["contents"][0]["uri"] == "memo://note"
    code, out, err = await world.run("read", "memo://nothing", *config)
    assert code == 1 and "memo://nothing" in err


async def test_check_says_that_a_configuration_is_good(world):
    code, out, err = await world.run("check", *configured(world))
    assert code == 0 and world.witness.count("started") == 0


async def test_what_only_a_probe_looks_at_needs_one(world):
    for option in ("--upstream", "--timeout", "--server"):
        code, out, err = await world.run("check", option, "1s", *configured(world))
        assert code == 2 and f"'{option}' belongs to '--probe'" in err, err


async def test_a_probe_names_rules_that_are_about_nothing_that_there_is(world):
    rules = [
        {"hide": {"items": ["few/ehco", "few/*"]}},
        {"redact": {"tool": ["ec*", "ehc*"], "patterns": ["a"]}},
        {"redact": {"prompt": "x", "patterns": ["a"]}},
    ]
    world.configure({"few": world.raw("few", '{"tools":["echo","other"]}')}, plugins=rules)
    config = ["--config", str(world.config)]
    says = [
        "item 1 of 'items' of plugin 'hide': 'few/ehco' fits nothing that an upstream lists; did you mean 'few/echo'?",
        "item 2 of 'tool' of plugin 'redact': 'ehc*' fits no tool of any upstream; did you mean 'echo'?",
        "'prompt' of plugin 'redact': 'x' fits no prompt of any upstream",
    ]
    code, out, err = await world.run("check", "--probe", *config)
    assert code == 0 and [line.split("warning: ")[1] for line in err.splitlines() if "warning: " in line] == says, err
    found = await world.json("check", "--probe", *config)
    assert [warning["message"] for warning in found["configurationWarnings"]] == says
    assert (await world.run("check", *config))[2] == ""
    # What an upstream has that does not answer, nobody knows.
    more = {"few": world.raw("few"), "gone": {"stdio": {"command": "/nowhere/x"}}}
    world.configure(more, plugins=[*rules, {"hide": {"items": ["gone/x", "*/x"]}}])
    code, out, err = await world.run("check", "--probe", *config)
    assert code == 1 and err.count("warning: ") == 1 and "'few/ehco'" in err, err


async def test_a_probe_explains_every_upstream(world):
    upstreams = {
        name: {**entry, "timeouts": {"start": "1 s"}}
        for name, entry in {**bad(world), "few": world.raw("few"), "kinds": world.raw("kinds")}.items()
    }
    code, out, err = await world.run("check", "--probe", "--json", *configured(world, upstreams))
    found = rows(json.loads(out))
    assert code == 1 and set(upstreams) <= set(found)
    own = await world.direct(world.raw("kinds"))
    await own.initialize()
    assert found["kinds"]["status"]["tools"] == len(await own.names())
    await own.discard()
    assert found["few"]["status"]["tools"] == 1
    for name, word in (
        ("crashing", "cannot open database"),
        ("missing", "/nowhere/server"),
        ("unnamed", "no-such-program-anywhere"),
        ("hangs", "initialize"),
        ("unlisted", "tools/list"),
    ):
        assert word in json.dumps(found[name]), found[name]
    assert await world.gone() is None


async def test_status_shows_a_running_process_and_why_an_upstream_is_missing(world):
    client = await world.client(
        {
            "few": world.raw("few"),
            "crashing": world.raw("crashing"),
            "missing": {"stdio": {"command": "/nowhere/server"}},
        }
    )
    await client.names()
    await world.witness.saw("started", argv=None)
    status = await world.json("status")
    found = rows(status)
    assert str(client.process.pid) in json.dumps(status)
    assert {"few", "crashing", "missing"} <= set(found)
    assert found["few"]["state"] == "ready" and found["crashing"]["state"] != "ready"
    assert "cannot open database" in json.dumps(found["crashing"]) and "/nowhere/server" in json.dumps(
        found["missing"]
    )
    code, out, err = await world.run("status")
    assert code == 0 and "crashing" in out and "few" in out and "cannot open database" in out


async def test_status_finds_a_process_that_was_started_without_a_runtime_folder(world):
    client = await world.client({"few": world.raw("few")}, env={"XDG_RUNTIME_DIR": ""})
    await client.names()
    runtime = world.home / "terminal"
    runtime.mkdir()
    code, out, err = await world.run("status", env={"XDG_RUNTIME_DIR": str(runtime)})
    assert code == 0 and "few" in out, err


async def test_status_of_nothing_says_so(world):
    code, out, err = await world.run("status")
    assert code in (0, 1) and (out + err).strip()
    assert world.survivors() == []


async def test_without_a_folder_for_sockets_both_sides_of_status_say_so(world):
    homeless = ["env", "-u", "HOME", "-u", "XDG_CACHE_HOME", "-u", "XDG_RUNTIME_DIR"]
    world.configure({"few": world.raw("few")})
    client = await world.start([*homeless, *world.serving()])
    await client.initialize()
    await client.says(rb"('manifold status' will not work: there is no folder for sockets\.)")
    code, out, err = await world.execute([*homeless, product(), "status"])
    assert (code, out) == (1, "") and "there is no folder for sockets." in err and "runs" not in err


async def test_names_shows_what_clients_make_of_each(world):
    config = configured(world)
    text = json.dumps(await world.json("names", *config))
    assert "kinds__echo" in text and "few__echo" in text
    code, out, err = await world.run("names", *config)
    assert code == 0 and "kinds__echo" in out
    for client in ("VS Code", "Claude Code", "Cursor"):
        assert client.upper() in out.upper()


async def test_version_and_help(world):
    code, out, err = await world.run("version")
    assert code == 0 and out.startswith("manifold ")
    code, out, err = await world.run("--help")
    assert code == 0 and "serve" in out
    for command in (
        "serve",
        "tools",
        "prompts",
        "resources",
        "call",
        "read",
        "check",
        "status",
        "names",
        "init",
        "import",
        "install",
        "version",
    ):
        code, out, err = await world.run(command, "--help")
        assert code == 0 and f"manifold {command}" in out, command


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["serve", "extra"],
        ["tools", "--nonsense"],
        ["check", "--config"],
        ["call", "--config", "/nowhere/file", "x"],
    ],
)
async def test_wrong_usage_is_exit_code_two(world, arguments):
    code, out, err = await world.run(*arguments)
    assert code == 2 and out == "" and err.strip()


async def test_init_writes_a_starter_that_checks(world):
    code, out, err = await world.run("init")
    assert code == 0, err
    path = world.home / "config/manifold/manifold.yaml"
    assert path.exists() and path.stat().st_mode & 0o077 == 0
    assert (await world.run("check"))[0] == 0
    before = path.read_text()
    code, out, err = await world.run("init")
    assert code != 0 and path.read_text() == before


async def test_import_reads_an_editors_file(world):
    source = world.home / "mcp.json"
    source.write_text("""{
      // as VS Code writes it
      "inputs": [{"id": "api-key", "type": "promptString", "password": true}],
      "servers": {
        "My Server": {"command": "uvx", "args": ["x", "--y"], "env": {"KEY": "${input:api-key}"}, "cwd": "/w", "envFile": "/w/.env"},
      },
    }""")
    code, out, err = await world.run("import", source)
    assert code == 0 and "my-server" in out and "/w/.env" in out and "${env:API_KEY}" in out
    assert "API_KEY" in err
    world.config.write_text(out)
    assert (await world.run("check", "--config", world.config, env={"API_KEY": "x"}))[0] == 0


async def test_what_import_writes_passes_check(world):
    source = world.home / "mcp.json"
    source.write_text("""{"servers": {
      "a": {"command": "x", "env": {"A=B": "1"}}, "a": {"command": "y"}, "b": {"url": "wss://h"},
      "c": {"url": "https://u:p@h"}, "d": {"url": "ftp://h"}, "e": {"url": "https://h", "headers": {"Accept": "x"}},
      "f": {"command": "./x", "cwd": ""}, "g": {"command": "z", "env": {"A=B": "1", "C": "2"}}}}""")
    code, out, err = await world.run("import", source)
    assert code == 0
    for name in ("a", "b", "c", "d", "e", "f", "g"):
        assert f"note: server '{name}'" in err, err
    world.config.write_text(out)
    code, out, err = await world.run("check", "--config", world.config)
    assert code == 0, err


async def test_import_replaces_an_untouched_starter_and_nothing_else(world):
    source = world.home / "claude.json"
    source.write_text('{"mcpServers":{"time":{"command":"uvx","args":["mcp-server-time"]}}}')
    path = world.home / "config/manifold/manifold.yaml"
    assert (await world.run("init"))[0] == 0
    code, out, err = await world.run("import", source, "--write")
    assert code == 0 and "mcp-server-time" in path.read_text(), err
    before = path.read_text()
    code, out, err = await world.run("import", source, "--write")
    assert code == 1 and path.read_text() == before and "--write" in err and "--config" in err


async def test_a_result_that_cannot_be_written_is_a_failure(world):
    for command in (["version"], ["--help"], ["tools", *configured(world)]):
        words = ["sh", "-c", 'exec "$@" > /dev/full', "sh", product(), *map(str, command)]
        code, out, err = await world.execute(words)
        assert code == 1 and "Standard output is incomplete" in err, command


async def test_a_result_that_nobody_reads_is_a_failure(world):
    config = configured(world)
    for command in (["version"], ["--help"], ["check", *config], ["tools", *config], ["call", "few__echo", *config]):
        words = ["sh", "-c", 'exec "$@" >&-', "sh", product(), *map(str, command)]
        code, out, err = await world.execute(words)
        says = "manifold: Standard output is incomplete. It was closed before we were started.\n"
        assert code == 1 and err.endswith(says), (command, err)
    # Whoever has closed a pipe wanted no more of it.
    for command in (["tools", *config], ["call", "few__echo", *config]):
        gate = world.home / "closed"
        line = 'mkfifo "$0"; { cat "$0" > /dev/null; "$@"; echo $? > code; } | { exec <&-; echo > "$0"; }; rm "$0"'
        _, out, err = await world.execute(["bash", "-c", line, str(gate), product(), *map(str, command)])
        assert (world.home / "code").read_text() == "1\n" and out == err == "", (command, err)


async def test_import_reads_claudes_file(world):
    source = world.home / "claude.json"
    source.write_text('{"mcpServers":{"time":{"command":"uvx","args":["mcp-server-time"]}}}')
    code, out, err = await world.run("import", source)
    assert code == 0 and "time" in out and "mcp-server-time" in out


async def test_install_prints_an_entry_with_an_absolute_path(world):
    code, out, err = await world.run("install", "vscode", *configured(world))
    assert code == 0 and str(world.config) in out and "vscode:mcp/install" in out + err
    code, out, err = await world.run("install", "claude", *configured(world))
    assert code == 0 and "mcpServers" in out


async def test_import_leaves_out_the_entry_that_install_writes(world):
    config = configured(world)
    source = world.home / "mcp.json"
    source.write_text('{"servers": {"time": {"command": "uvx", "args": ["mcp-server-time"]}}}')
    assert (await world.run("install", "vscode", "--write", source, *config))[0] == 0
    assert str(world.config) in source.read_text()
    code, out, err = await world.run("import", source)
    assert code == 0 and "mcp-server-time" in out and str(world.config) not in out
    assert "note: server 'manifold' is Manifold itself and is left out" in err


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o640])
async def test_install_keeps_the_permissions_of_a_file(world, mode):
    path = world.home / "mcp.json"
    path.write_text("{}")
    path.chmod(mode)
    code, out, err = await world.run("install", "vscode", "--write", path, *configured(world))
    assert code == 0, err
    assert path.stat().st_mode & 0o777 == mode
    assert path.with_suffix(".json.bak").stat().st_mode & 0o777 == mode


async def test_install_makes_a_file_that_the_umask_allows(world):
    path = world.home / "mcp.json"
    words = ["sh", "-c", 'umask 027; exec "$@"', "sh", product(), "install", "claude", "--write", str(path)]
    code, out, err = await world.execute([*words, *configured(world)])
    assert code == 0 and path.stat().st_mode & 0o777 == 0o640, err


async def test_install_loses_nothing_of_its_own_entry(world):
    path = world.home / "mcp.json"
    first = '{"servers": {"manifold": {"command": "old", "args": ["serve", "--log-file", "/l"], "env": {"A": "1"}}}}'
    path.write_text(first)
    code, out, err = await world.run("install", "vscode", "--write", path, *configured(world))
    assert code == 0 and f"kept as {path}.bak.\n" in out, err
    entry = json.loads(path.read_text())["servers"]["manifold"]
    assert entry["args"] == ["serve", "--log-file", "/l", "--config", str(world.config)]
    assert entry["env"] == {"A": "1"} and entry["command"] != "old"
    second = path.read_text().replace("/l", "/m").replace(str(world.config), "/elsewhere")
    for _ in range(2):
        path.write_text(second)
        code, out, err = await world.run("install", "vscode", "--write", path, *configured(world))
        assert code == 0 and f"kept as {path}.bak.2.\n" in out, err
    assert (world.home / "mcp.json.bak").read_text() == first
    assert (world.home / "mcp.json.bak.2").read_text() == second
    assert not (world.home / "mcp.json.bak.3").exists()


async def test_install_names_the_file_that_is_broken_and_leaves_it(world):
    path = world.home / "broken.json"
    for text, says in (
        ('{\n  // mine\n  "servers": {\n    oops\n  }\n}\n', "could not read the file as JSON: line 4: "),
        ("[1]", "could not use the file: it is not a JSON object"),
        ('{"servers": {}, "servers": {}}', "could not change the file: 'servers' is there twice"),
    ):
        path.write_text(text)
        code, out, err = await world.run("install", "vscode", "--write", path, *configured(world))
        assert code == 2 and f"{path}: {says}" in err
        assert path.read_text() == text and not path.with_suffix(".json.bak").exists()


async def test_install_follows_a_link_and_leaves_it(world):
    folder = world.home / "dotfiles"
    folder.mkdir()
    path, link = folder / "mcp.json", world.home / "mcp.json"
    path.write_text("{}")
    path.chmod(0o640)
    link.symlink_to("dotfiles/mcp.json")
    code, out, err = await world.run("install", "vscode", "--write", link, *configured(world))
    assert code == 0 and link.is_symlink() and str(world.config) in path.read_text(), err
    assert path.stat().st_mode & 0o777 == 0o640 and (folder / "mcp.json.bak").read_text() == "{}"
    path.unlink()
    code, out, err = await world.run("install", "vscode", "--write", link, *configured(world))
    assert code == 1 and link.is_symlink() and f"'{link}': it is a link that leads nowhere." in err, err


async def test_install_changes_no_pipe(world):
    path = world.home / "pipe"
    os.mkfifo(path)
    code, out, err = await world.run("install", "vscode", "--write", path, *configured(world))
    assert code == 1 and f"Could not change '{path}': it is no regular file." in err


# Pipes in the place of files


CLAUDE = '{"mcpServers":{"time":{"command":"uvx","args":["mcp-server-time"]}}}'


@pytest.mark.parametrize(
    "command",
    [
        ["import", "PIPE"],
        ["check", "--config", "PIPE"],
        ["tools", "--config", "PIPE"],
        ["replay", "PIPE", "--as-server"],
        ["rules", "try", ".", "PIPE"],
        ["rules", "test", "--accept", "PIPE", "."],
    ],
)
async def test_a_pipe_that_nobody_writes_to_is_refused(world, command):
    path = world.home / "pipe"
    os.mkfifo(path)
    (world.home / "rule.jq").write_text(".")
    code, out, err = await world.run(*[str(path) if word == "PIPE" else word for word in command])
    assert code == 2 and f"Could not read '{path}': it is a pipe that nobody writes to." in err


@pytest.mark.parametrize(
    "line",
    [
        '"$0" import <(cat claude.json)',
        '"$0" import /dev/stdin < claude.json',
        'cat claude.json | "$0" import /dev/stdin',
        'mkfifo pipe; cat claude.json > pipe & "$0" import pipe',
        # The writer comes second, as it may where both are started at once.
        'mkfifo pipe; "$0" import pipe & cat claude.json > pipe; wait "$!"',
    ],
)
async def test_what_somebody_writes_to_a_pipe_is_read(world, line):
    (world.home / "claude.json").write_text(CLAUDE)
    code, out, err = await world.execute(["bash", "-c", line, product()])
    assert code == 0 and "mcp-server-time" in out, err


async def test_a_configuration_may_come_through_a_pipe(world):
    world.configure({"few": world.raw("few")})
    line = f'"$0" tools --config <(cat "{world.config}")'
    code, out, err = await world.execute(["bash", "-c", line, product()])
    assert code == 0 and "few__echo" in out, err
    for probe in ("", "--probe"):
        line = f'"$0" names {probe} --config <(cat "{world.config}")'
        code, out, err = await world.execute(["bash", "-c", line, product()])
        assert code == 0 and "few__echo" in out, err


async def test_a_log_that_nobody_reads_is_refused(world):
    path = world.home / "pipe"
    os.mkfifo(path)
    code, out, err = await world.run("tools", "--log-file", path, *configured(world))
    assert code == 2 and f"Could not open the log file '{path}': nobody reads the pipe." in err


async def test_output_that_nobody_takes_lands_in_no_other_file(world):
    world.configure({"few": world.raw("few")})
    log = world.home / "log"
    line = f'"$0" tools --config "{world.config}" --log-file "{log}" >&-'
    await world.execute(["bash", "-c", line, product()])
    assert "few__echo" not in log.read_text()


# Mistakes


async def test_what_is_wrong_with_a_configuration_is_json_too(world):
    for command in (
        ["check"],
        ["check", "--probe"],
        ["tools"],
        ["prompts"],
        ["resources"],
        ["call", "x"],
        ["read", "x"],
        ["names"],
        ["rules", "test"],
        ["install", "vscode"],
    ):
        code, out, err = await world.run(*command, "--json", "--config", "/nowhere/file")
        told = json.loads(out)
        assert code == 2 and told["valid"] is False and "/nowhere/file" in told["message"], command
        assert "/nowhere/file" in err
    code, out, err = await world.run("serve", "--json", "--config", "/nowhere/file")
    assert code == 2 and out == "", "standard output belongs to the protocol"


@pytest.mark.parametrize("command", ["check", "status", "names", "version", "init", "serve"])
async def test_an_unknown_log_level_is_a_mistake_of_every_command(world, command):
    code, out, err = await world.run(command, "--log-level", "loud")
    assert code == 2 and out == ""
    assert "'--log-level' must be debug, info, warning or error, not 'loud'." in err
    assert f"'manifold {command} --help'" in err


@pytest.mark.parametrize("pid", ["abc", "", "-1", "0", "+5", "1.5"])
async def test_a_process_is_a_number(world, pid):
    code, out, err = await world.run("status", f"--pid={pid}")
    assert code == 2 and out == "" and f"'--pid' must be the number of a process" in err and f"not '{pid}'" in err


async def test_an_upstream_that_does_not_exist_is_told_with_those_that_do(world):
    config = configured(world)
    for command in (["tools"], ["check", "--probe"]):
        code, out, err = await world.run(*command, "--upstream", "fwe", *config)
        assert code == 2 and "there is no upstream 'fwe'; did you mean 'few'? There are: kinds, few." in err


async def test_a_second_init_says_what_to_do(world):
    path = world.home / "my.yaml"
    code, out, err = await world.run("init", "--config", path)
    assert code == 0 and f"manifold import ~/.config/Code/User/mcp.json --write --config {path}" in out
    code, out, err = await world.run("init", "--config", path)
    assert code == 1 and f"'manifold check --config {path}'" in err and "another file with '--config'" in err


async def test_names_of_nothing_are_a_sentence(world):
    config = configured(world, "upstreams: {}\n")
    code, out, err = await world.run("names", *config)
    assert code == 0 and out == "" and "There are no upstreams yet." in err
    assert await world.json("names", *config) == []


async def test_a_probe_calls_a_place_an_address(world):
    config = configured(world, {"docs": {"http": {"url": "http://127.0.0.1:9/mcp"}}, "gone": {"stdio": {"command": "/nowhere/x"}}})
    code, out, err = await world.run("check", "--probe", *config)
    assert code == 1 and "address   http://127.0.0.1:9" in out and "command   /nowhere/x" in out
