"""jq rules: what they change, what they leave alone, and what they cannot do."""

import asyncio
import json
import os
import time
from pathlib import Path

import pytest

from harness import processes


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


async def test_a_shadow_rule_changes_nothing_and_is_counted(world):
    client = await mirrored(world, rule(".x = 1", name="watch", shadow=True, tool="show"))
    assert await client.text("m__show", {}) == "{}"
    code, out, _ = await world.run("status", "--json")
    assert code == 0 and "would have changed 1" in out


@pytest.mark.parametrize(
    "program, line, says",
    [
        ("$ENV.HOME", 1, "environment"),
        (". |\n  input", 2, "one document"),
        ("(.", 1, "not closed"),
        ('include "x"; .', 1, "modules"),
    ],
)
async def test_what_a_rule_cannot_do_is_said_when_the_configuration_is_read(world, program, line, says):
    world.configure({"m": world.raw("mirror")}, plugins=[rule(program)])
    code, _, err = await world.run("check", "--config", world.config)
    assert code == 2
    assert f"line {line}" in err and says in err and "^" in err


async def test_a_program_in_a_file_is_read_from_beside_the_configuration(world):
    (world.home / "rules").mkdir()
    (world.home / "rules/add.jq").write_text("# adds\n.added = true\n")
    client = await world.client({"m": world.raw("mirror")}, plugins=[{"jq": {"file": "rules/add.jq"}}])
    assert json.loads(await client.text("m__show", {})) == {"added": True}
