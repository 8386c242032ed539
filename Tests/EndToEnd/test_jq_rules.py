"""jq rules: what they change, what they leave alone, and what they cannot do."""

import asyncio
import json
import os
import random
import re
import signal
import time
from pathlib import Path

import pytest

from harness import processes
from harness.limits import soon
from harness.payloads import payloads
from harness.world import product
from test_fidelity import there_and_back


def rule(program: str, **more) -> dict:
    return {"jq": {"program": program, **more}}


async def mirrored(world, *rules: dict, **more):
    return await world.client({"m": world.raw("mirror")}, plugins=list(rules), **more)


async def given(client, result: dict) -> dict:
    return await client.call("m__give", {"result": result})


def is_template(pid: int) -> bool:
    return b"--jq-template" in Path(f"/proc/{pid}/cmdline").read_bytes()


def words(result: dict) -> str:
    return result["content"][0]["text"]


async def test_a_request_rule_changes_the_arguments_and_nothing_else(world):
    client = await mirrored(world, rule('.limit //= 20 | del(.secret)', tool="show"))
    assert json.loads(await client.text("m__show", {"secret": 1, "a": "é"})) == {"a": "é", "limit": 20}
    result = {"content": [{"type": "text", "text": "x"}], "secret": 1}
    assert await given(client, result) == result


async def test_unchanged_documents_pass_byte_for_byte(world):
    client = await mirrored(
        world, rule("."), rule(".", on="response"), rule(".a", tool="other"), rule("1", upstream="none"),
        rule("1", when='$ctx.tool == "never"'), rule("walk(.)", on=["request", "response"], scope="text"),
    )
    odd = b'{"text":  "a\\u0041\\/", "n": 1.0, "e":1e2 , "b" : [ true,null ] }'
    client.send_line(
        b'{"jsonrpc":"2.0","id":"odd","method":"tools/call","params":{"name":"m__show","arguments":' + odd + b"}}"
    )
    answer = await client.answer("odd")
    assert words(answer["result"]) == odd.decode()


async def test_a_response_rule_over_texts_keeps_structured_content_in_step(world):
    mask = 'walk(if type == "string" then gsub("[0-9]{9,}"; "•") else . end)'
    client = await mirrored(world, rule(mask, on="response", scope="text", security=True))
    data = {"card": "123456789012", "nested": [{"ü": "id 987654321 end"}], "n": 5}
    image = {"type": "image", "data": "MTIzNDU2Nzg5MDEy", "mimeType": "image/png"}
    result = await given(
        client,
        {
            "content": [
                {"type": "text", "text": json.dumps(data)}, image, {"type": "text", "text": "call 123456789"},
            ],
            "structuredContent": data,
            "_meta": {"k": "123456789012"},
        },
    )
    masked = {"card": "•", "nested": [{"ü": "id • end"}], "n": 5}
    assert result["structuredContent"] == masked
    assert json.loads(words(result)) == masked
    assert result["content"][1] == image
    assert result["content"][2]["text"] == "call •"
    assert result["_meta"] == {"k": "123456789012"}


async def test_blocks_without_output_are_dropped_or_refused_as_declared(world):
    keep = 'if .type == "image" then empty else . end'
    text, image = {"type": "text", "text": "x"}, {"type": "image", "data": "", "mimeType": "image/png"}
    client = await mirrored(
        world, rule(keep, on="response", scope="block", empty="drop", tool="give"),
        rule("empty", name="no-show", tool="show"),
    )
    assert (await given(client, {"content": [image, text, image, image]}))["content"] == [text]
    assert (await given(client, {"content": [image]}))["content"] == []
    refused = await client.call("m__show")
    assert refused["isError"] and "'no-show'" in words(refused) and "no output" in words(refused)
    assert world.witness.all("executed", tool="show") == []


async def test_the_context_says_what_a_rule_is_about(world):
    client = await mirrored(world, rule(". + {ctx: $ctx}", tool="show"))
    ctx = json.loads(await client.text("m__show", {}, id="call-7"))["ctx"]
    assert ctx.pop("session")
    assert ctx == {
        "hook": "request", "method": "tools/call", "upstream": "m", "tool": "show", "client": "raw",
        "principal": "local", "call": "call-7",
    }


async def test_failures_close_requests_and_mark_responses(world):
    client = await mirrored(
        world, rule(".[0]", name="broken", on=["request", "response"], tool="*"),
    )
    failed = await client.call("m__show", {"a": "secret"})
    assert failed["isError"] and "'broken'" in words(failed) and "secret" not in words(failed)
    assert world.witness.all("executed", tool="show") == []


async def test_open_responses_are_marked_and_security_withholds_them(world):
    result = {"content": [{"type": "text", "text": "x"}]}
    for security in (False, True):
        client = await mirrored(world, rule("error", name="r", on="response", security=security))
        answer = await given(client, result)
        if security:
            assert answer["isError"] and answer["_meta"]["manifold/executed"] == "yes"
        else:
            assert answer["content"] == result["content"] and "r" in json.dumps(answer["_meta"])


async def test_what_jq_cannot_hold_is_handled_as_declared(world):
    # Twice a key, and half a surrogate pair: no version of jq holds these.
    line = b'{"jsonrpc":"2.0","id":"%s","method":"tools/call","params":{"name":"m__show","arguments":%s}}'
    client = await mirrored(world, rule(".x = 1"))
    for n, odd in enumerate([b'{"a":1,"a":2}', b'{"a":"\\ud800"}']):
        client.send_line(line % (b"r%d" % n, odd))
        assert "cannot hold" in words((await client.answer(f"r{n}"))["result"])
    client = await mirrored(world, rule(".x = 1", lossy="pass"))
    for n, odd in enumerate([b'{"a":1,"a":2}', b'{"a":"\\ud800"}']):
        client.send_line(line % (b"p%d" % n, odd))
        assert words((await client.answer(f"p{n}"))["result"]) == odd.decode()


async def test_catalog_rules_rename_describe_hide_and_trim(world):
    program = (
        'if $ctx.tool == "give" then empty else .name = "look" | .description = "Looks." '
        "| .inputSchema.properties.n = {type: \"integer\"} end"
    )
    client = await mirrored(world, rule(program, on="catalog"))
    tools = (await client.request("tools/list"))["tools"]
    assert [tool["name"] for tool in tools] == ["m__look"]
    assert tools[0]["description"] == "Looks."
    assert tools[0]["inputSchema"]["properties"] == {"n": {"type": "integer"}}
    assert await client.text("m__look", {"n": 1}) == '{"n":1}'
    assert (await client.refusal("tools/call", {"name": "m__give"}))["code"] == -32602


async def test_a_hostile_program_delays_only_its_own_calls(world):
    client = await mirrored(
        world, rule("def f: f; f", name="endless", tool="show"), rule('.big = ("x" * 1e9)', tool="nothing"),
    )
    await client.names()
    slow = client.begin_call("m__show")
    start = time.monotonic()
    for _ in range(20):
        await given(client, {"content": []})
    assert time.monotonic() - start < 1
    answer = (await client.answer(slow))["result"]
    assert answer["isError"] and "'endless'" in words(answer) and "1 s" in words(answer)
    assert world.witness.all("executed", tool="show") == []


async def test_killed_workers_lose_no_other_call(world):
    client = await mirrored(world, rule(".n += 1", tool="show"))
    await client.text("m__show", {"n": 0})
    template = [child for child in processes.children(client.process.pid) if is_template(child)]
    assert len(template) == 1
    for n in range(20):
        for worker in processes.children(template[0]):
            os.kill(worker, 9)
        result = await client.call("m__show", {"n": n})
        # A worker that dies under a call fails it; nothing is lost or sent unjudged.
        assert result.get("isError") or json.loads(words(result)) == {"n": n + 1}
    os.kill(template[0], 9)
    for _ in range(100):
        result = await client.call("m__show", {"n": 1})
        if not result.get("isError"):
            break
        await asyncio.sleep(0.05)
    assert json.loads(words(result)) == {"n": 2}


async def test_a_shadow_rule_changes_nothing_and_tells_what_it_would_have_done(world):
    program = (
        'if .do == "refuse" then empty elif .do == "fail" then error("x") elif .do == "break" then 5'
        ' elif .do == "loop" then def f: f; f elif .do == "change" then .x = 1 else . end'
    )
    items = 'if .name == "give" then empty elif .name == "show" then .description = "S" else . end'
    client = await mirrored(
        world, rule(program, name="watch", shadow=True, tool="show"),
        rule(items, name="list", shadow=True, on="catalog"),
        rule('.isError = true', name="answers", shadow=True, on="response", tool="show", security=True),
    )
    assert sorted(await client.names()) == ["m__give", "m__show"]
    for do in ["refuse", "fail", "break", "loop", "change", "change", "nothing"]:
        assert json.loads(await client.text("m__show", {"do": do})) == {"do": do}
    code, out, _ = await world.run("status", "--json")
    [process] = json.loads(out)
    remarks = {plugin["name"]: " ".join(plugin["remarks"]) for plugin in process["plugins"]}
    assert "of 7 it would have changed 2, refused 1, and failed on 3" in remarks["watch"]
    assert "of 2 it would have changed 1, refused 1, and failed on 0" in remarks["list"]
    assert "of 7 it would have changed 7, refused 0, and failed on 0" in remarks["answers"]
    assert all(plugin["changes"] == plugin["errors"] == 0 for plugin in process["plugins"])
    code, out, _ = await world.run("status")
    assert "watch: Shadow: of 7" in out


@pytest.mark.parametrize(
    "program, line, says",
    [
        ("$ENV.HOME", 1, "environment"),
        (". |\n  input", 2, "one document"),
        ("(.", 1, "not closed"),
        ('include "x"; .', 1, "modules"),
        ('import "x" as x; .', 1, "modules"),
        (". | env.HOME", 1, "environment"),
        (".\n| [inputs]", 2, "one document"),
        ("halt", 1, "ends with its output"),
        ('"x" | halt_error', 1, "ends with its output"),
        ("debug | .", 1, "nowhere to write"),
        ("stderr", 1, "nowhere to write"),
        ("input_filename", 1, "not run over files"),
        ("get_search_list", 1, "not run over files"),
        ('"x" | modulemeta', 1, "modules"),
        ('"\\($ENV)" | @sh', 1, "environment"),
        ("def f: 1); f", 1, "closes none"),
    ],
)
async def test_what_a_rule_cannot_do_is_said_when_the_configuration_is_read(world, program, line, says):
    world.configure({"m": world.raw("mirror")}, plugins=[rule(program)])
    code, _, err = await world.run("check", "--config", world.config, env={"SECRET": "hush"})
    assert code == 2
    assert f"line {line}" in err and says in err and "^" in err and "hush" not in err


#: What a program that means harm is, over which document, and what its caller reads; versions of
#: libjq differ in whether time or memory ends one.
HOSTILE = {
    "recursion": ("def f: 1 + f; f", {}, "took longer|was ended|failed"),
    "for ever": ("[range(infinite)]", {}, "took longer|was ended"),
    "a billion": ("[range(1e9)]", {}, "took longer|was ended"),
    "gigabytes": ('.big = ("x" * 1e9)', {}, "took longer|was ended|failed"),
    "doubling": ('reduce range(40) as $i ("ab"; . + .)', {}, "took longer|was ended|failed"),
    "place": (".list[1000000000] = 1", {"list": []}, "took longer|was ended|failed"),
    "expression": ('.t | test("^(([a-z])+.)+[A-Z]([a-z])+$")', {"t": "a" * 40}, "took longer|failed|object"),
    "code points": ("[1114112] | implode", {}, "was ended|failed|object"),
    "surrogates": ("[55296] | implode", {}, "was ended|failed|object"),
    "shell": ('@sh "\\("$(touch pwned)")"', {}, "object"),
    "no object": ('"just text"', {}, "not an object"),
    "many": (".a, .b", {}, "more than one output"),
    "message": ('error({"a": "secret"})', {"a": "secret"}, "raised an error that is no text"),
    "quoting": (".a + 1", {"a": "secret"}, "string"),
}


async def test_each_hostile_program_has_an_error_of_its_own(world):
    rules = [
        rule(program, name=name.replace(" ", "-"), when=f'.case == "{name}"', tool="show")
        for name, (program, _, _) in HOSTILE.items()
    ]
    client = await mirrored(world, *rules, env={"TOKEN": "hush-hush"})
    await client.names()
    for name, (_, document, says) in HOSTILE.items():
        result = await client.call("m__show", {**document, "case": name})
        assert result["isError"] and re.search(says, words(result)), f"{name}: {words(result)}"
        assert f"'{name.replace(' ', '-')}'" in words(result)
        assert "secret" not in words(result) and "hush" not in words(result)
        assert (await given(client, {"content": []})) == {"content": []}
    assert world.witness.all("executed", tool="show") == []
    assert b"hush" not in client.errors and not (world.home / "pwned").exists()


async def test_a_rule_that_fails_says_nothing_of_what_it_protects(world):
    programs = ["fromjson | tojson", "tonumber", "error", 'error({a: .})', 'error("no \\(.)!")']
    for on in ("response", "request"):
        for program in programs:
            more = {"scope": "text"} if on == "response" else {}
            program = program if on == "response" else f".text | {program}"
            client = await mirrored(world, rule(program, on=on, security=True, **more))
            text = "note: Jane Doe, card 4111111111111111"
            result = await client.call("m__give", {"text": text, "result": {"content": [{"type": "text", "text": text}]}})
            said = json.dumps(result) + client.errors.decode()
            assert result["isError"] and "its program failed: " in words(result), said
            assert "Jane" not in said and "4111" not in said and "note" not in said, said
            assert "no …!" in words(result) or "no " not in program


async def test_documents_nested_too_deeply_are_refused(world):
    client = await mirrored(world, rule(".", tool="show"))
    for levels, gets_through in [(200, True), (300, False)]:
        deep = b'{"x":' + b"[" * levels + b"]" * levels + b"}"
        client.send_line(
            b'{"jsonrpc":"2.0","id":"d%d","method":"tools/call","params":{"name":"m__show","arguments":%s}}'
            % (levels, deep)
        )
        result = (await client.answer(f"d{levels}"))["result"]
        assert (words(result) == deep.decode()) == gets_through
        assert gets_through or "nested more deeply" in words(result)


async def test_random_messages_pass_rules_that_change_nothing_byte_for_byte(world):
    identity = [rule(".", on=["request", "response"], lossy="pass", scope=scope) for scope in ("document", "text")]
    others = [rule(f'.n{n} = 1', on=["request", "response"], tool=f"other_{n}*") for n in range(10)]
    never = [rule(".x = 1", when='$ctx.client == "nobody"', on=["request", "response"], lossy="pass")]
    client = await world.client({"kinds": world.raw("kinds")}, plugins=[*others, *identity, *never])
    source = payloads(random.Random(7))
    for n in range(100):
        arguments = next(source)
        assert await there_and_back(client, "kinds__same", arguments, f"r{n}") == arguments


async def test_an_edited_rule_is_taken_over_under_load_and_a_broken_one_is_not(world):
    folder = world.home / "rules"
    folder.mkdir()
    write(folder / "v.jq", '.v = "one"')
    plugins = [{"jq": {"name": "v", "file": "rules/v.jq", "tool": "show"}}, rule(".w = true", tool="show")]
    client = await world.client({"m": world.raw("mirror")}, plugins=plugins)
    lost, seen, isOver = [], [], asyncio.Event()

    async def load(lane: int) -> None:
        n = 0
        while not isOver.is_set():
            result = await client.call("m__show", {"n": n}, id=f"{lane}-{n}")
            found = json.loads(words(result)) if not result.get("isError") else result
            if found.get("n") != n or not found.get("w") or found.get("v") not in ("one", "two", "three"):
                lost.append(result)
            seen.append(found.get("v"))
            n += 1

    lanes = [asyncio.create_task(load(lane)) for lane in range(4)]
    try:
        write(folder / "v.jq", '.v = "two"')
        await soon(until(lambda: "two" in seen), "the edited rule")
        # Broken: the last good one stays, and the mistake is shown with its place.
        write(folder / "v.jq", '# wrong\n.v = "three')
        await client.says(rb"(v\.jq', line 2: a bracket or a quote is not closed\n.* {4}\.v = \"three\n.*\^\n)")
        write(folder / "v.jq", '# wrong\n.v = nothing_of_the_kind')
        await client.says(rb"(v\.jq', line 2: nothing_of_the_kind/0 is not defined\n.* {4}\.v = nothing.*\n.*\^\n)")
        _, status, _ = await world.run("status")
        assert "Not in force" in status and "v.jq', line 2" in status and "^" in status
        at = len(seen)
        await soon(until(lambda: len(seen) > at + 20), "more calls")
        assert set(seen[at:]) == {"two"}
        # Missing for a moment, and put right.
        (folder / "v.jq").unlink()
        write(folder / "v.jq", '.v = "three"')
        await soon(until(lambda: "three" in seen), "the rule put right")
        _, status, _ = await world.run("status")
        assert "Not in force" not in status
    finally:
        isOver.set()
        await asyncio.gather(*lanes)
    assert lost == [] and len(seen) > 100
    assert len(world.witness.all("executed", tool="show")) == len(seen)


async def test_a_rule_is_read_again_at_once_when_asked_to(world):
    write(world.home / "v.jq", ".v = 1")
    client = await world.client({"m": world.raw("mirror")}, plugins=[{"jq": {"file": "v.jq"}}])
    assert json.loads(await client.text("m__show", {})) == {"v": 1}
    write(world.home / "v.jq", ".v = 2")
    os.kill(client.process.pid, signal.SIGHUP)
    await client.says(rb"(was read again)")
    assert json.loads(await client.text("m__show", {})) == {"v": 2}


async def test_rules_of_an_inline_configuration_are_watched_too(world):
    write(world.home / "v.jq", ".v = 1")
    text = {"upstreams": {"m": world.raw("mirror")}, "plugins": [{"jq": {"file": str(world.home / "v.jq")}}]}
    client = await world.start([product(), "serve"], env={"MANIFOLD_CONFIG_INLINE": json.dumps(text)})
    await client.initialize()
    assert json.loads(await client.text("m__show", {})) == {"v": 1}
    write(world.home / "v.jq", ".v = 2")
    await client.says(rb"(was read again)")
    assert json.loads(await client.text("m__show", {})) == {"v": 2}


def write(path: Path, text: str) -> None:
    """Puts a file there as editors do: whole, in the place of the old one."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    fresh.rename(path)


async def until(test) -> None:
    while not test():
        await asyncio.sleep(0.02)


async def test_a_program_in_a_file_is_read_from_beside_the_configuration(world):
    (world.home / "rules").mkdir()
    (world.home / "rules/add.jq").write_text("# adds\n.added = true\n")
    client = await world.client({"m": world.raw("mirror")}, plugins=[{"jq": {"file": "rules/add.jq"}}])
    assert json.loads(await client.text("m__show", {})) == {"added": True}
