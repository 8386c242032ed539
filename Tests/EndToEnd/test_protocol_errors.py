"""What is wrong with a line gets the right code, and hurts nothing else."""

import pytest


async def error_for(client, line: bytes) -> dict:
    client.send_line(line)
    return await client.hear(lambda m: "error" in m, f"an error for {line[:60]!r}")


@pytest.mark.parametrize(
    "line",
    [
        b"hello",
        b"{",
        b'{"jsonrpc":"2.0","id":1,"method":"ping"',
        b'{"jsonrpc":"2.0","id":1,"method":"ping",}',
        b"{'jsonrpc':'2.0'}",
        b'{"jsonrpc":"2.0","id":01,"method":"ping"}',
        b'{"jsonrpc":"2.0","id":"\xff","method":"ping"}',
        b'{"jsonrpc":"2.0","id":1,"method":"ping"} {}',
        b'{"jsonrpc":"2.0","id":1,"method":"pi\x01ng"}',
        b"\xef\xbb\xbf{}",
    ],
)
async def test_what_is_not_json_is_a_parse_error(world, line):
    client = await world.client({"few": world.raw("few")})
    assert (await error_for(client, line))["error"]["code"] == -32700
    assert await client.request("ping") == {}


@pytest.mark.parametrize(
    "line",
    [
        b"7",
        b'"x"',
        b"null",
        b"{}",
        b'{"jsonrpc":"1.0","id":1,"method":"ping"}',
        b'{"id":1,"method":"ping"}',
        b'{"jsonrpc":"2.0","id":null,"method":"ping"}',
        b'{"jsonrpc":"2.0","id":{},"method":"ping"}',
        b'{"jsonrpc":"2.0","id":true,"method":"ping"}',
        b'{"jsonrpc":"2.0","id":1,"method":7}',
        b'{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}',
        b'{"jsonrpc":"2.0","id":1,"method":"ping","params":7}',
        b'{"jsonrpc":"2.0","id":1}',
        b'{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}',
        b'{"jsonrpc":"2.0","id":1,"method":"ping","me\\u0074hod":"tools/list"}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name":"b"}}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","n\\u0061me":"b"}}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{},"arguments":{}}}',
        b'{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"a:b","uri":"c:d"}}',
    ],
)
async def test_what_is_no_message_is_an_invalid_request(world, line):
    client = await world.client({"few": world.raw("few")})
    assert (await error_for(client, line))["error"]["code"] == -32600
    assert await client.request("ping") == {}
    assert world.witness.count("executed") == 0


async def test_a_parse_error_has_a_null_id(world):
    client = await world.client({"few": world.raw("few")})
    assert (await error_for(client, b"]"))["id"] is None


async def test_an_invalid_request_keeps_its_id_when_it_has_one(world):
    client = await world.client({"few": world.raw("few")})
    assert (await error_for(client, b'{"jsonrpc":"1.0","id":"a-7","method":"ping"}'))["id"] == "a-7"


@pytest.mark.parametrize("method", ["tools/destroy", "vendor/x", "tasks/list", "subscriptions/listen", ""])
async def test_an_unknown_method_is_not_found(world, method):
    client = await world.client({"few": world.raw("few")})
    assert (await client.refusal(method, {}))["code"] == -32601


@pytest.mark.parametrize(
    "method, params",
    [
        ("tools/call", {}),
        ("tools/call", {"name": 7}),
        ("tools/call", {"name": "few__nothing"}),
        ("tools/call", {"name": "echo"}),
        ("tools/call", {"name": "FEW__echo"}),
        ("tools/call", {"name": "few__echo "}),
        ("tools/call", None),
        ("prompts/get", {"name": "few__nothing"}),
        ("prompts/get", {}),
        ("logging/setLevel", {"level": "loud"}),
        ("logging/setLevel", {}),
        ("tools/list", {"cursor": "made-up"}),
        (
            "completion/complete",
            {"ref": {"type": "ref/prompt", "name": "few__nothing"}, "argument": {"name": "a", "value": "b"}},
        ),
        ("completion/complete", {}),
        ("resources/read", {}),
        ("resources/subscribe", {}),
    ],
)
async def test_bad_parameters_are_said_to_be_bad(world, method, params):
    client = await world.client({"few": world.raw("few")})
    await client.names()
    error = await client.refusal(method, params)
    assert error["code"] == -32602 and error["message"]


async def test_an_unknown_resource_is_not_found(world):
    client = await world.client({"few": world.raw("few")})
    await client.names()
    assert (await client.refusal("resources/read", {"uri": "nobody:has-this"}))["code"] == -32002


async def test_unknown_notifications_and_stray_answers_are_ignored(world):
    client = await world.client({"few": world.raw("few")})
    client.notify("notifications/unheard_of", {"x": 1})
    client.notify("notifications/progress", {"progressToken": "nobody", "progress": 1})
    client.send({"jsonrpc": "2.0", "id": 4711, "result": {}})
    client.send({"jsonrpc": "2.0", "id": "4711", "error": {"code": 1, "message": "x"}})
    client.send({"jsonrpc": "2.0", "id": None, "error": {"code": 1, "message": "x"}})
    assert await client.request("ping") == {}
    assert client.unheard() == []


async def test_blank_lines_and_crlf_are_fine(world):
    client = await world.client({"few": world.raw("few")})
    client.send_bytes(b'\n\r\n  \n{"jsonrpc":"2.0","id":70,"method":"ping"}\r\n')
    assert (await client.answer(70))["result"] == {}
    assert client.unheard() == []


async def test_a_line_over_the_limit_is_an_error_for_that_message_only(world):
    client = await world.client({"few": world.raw("few")}, limits={"message": "1 MiB"})
    pad = b"x" * (2 << 20)
    client.send_line(
        b'{"jsonrpc":"2.0","id":71,"method":"tools/call","params":{"name":"few__echo","arguments":{"text":"'
        + pad
        + b'"}}}'
    )
    error = await client.hear(lambda m: "error" in m, "an error for the long line")
    assert error["error"]["code"] == -32600 and error["id"] in (71, None)
    assert await client.text("few__echo", {"text": "short"}) == "few/echo: short"


async def test_nesting_deeper_than_the_limit_is_refused(world):
    client = await world.client({"few": world.raw("few")})
    deep = b"[" * 600 + b"]" * 600
    answer = await error_for(
        client,
        b'{"jsonrpc":"2.0","id":72,"method":"tools/call","params":{"name":"few__echo","arguments":{"x":'
        + deep
        + b"}}}",
    )
    assert answer["error"]["code"] in (-32700, -32600)
    assert await client.request("ping") == {}


# Batches, which one revision has


async def test_a_batch_is_understood_in_the_revision_that_has_them(world):
    client = await world.client({"few": world.raw("few")}, version="2025-03-26")
    client.send(
        [
            {"jsonrpc": "2.0", "id": "a", "method": "ping"},
            {"jsonrpc": "2.0", "method": "notifications/unheard_of"},
            {
                "jsonrpc": "2.0",
                "id": "b",
                "method": "tools/call",
                "params": {"name": "few__echo", "arguments": {"text": "x"}},
            },
            {"jsonrpc": "2.0", "id": "c", "method": "nothing/there"},
        ]
    )
    assert (await client.answer("a"))["result"] == {}
    assert (await client.answer("b"))["result"]["content"][0]["text"] == "few/echo: x"
    assert (await client.answer("c"))["error"]["code"] == -32601
    assert client.unheard() == []


async def test_a_batch_of_notifications_is_answered_by_nothing(world):
    client = await world.client({"few": world.raw("few")}, version="2025-03-26")
    client.send([{"jsonrpc": "2.0", "method": "notifications/unheard_of"}] * 3)
    assert await client.request("ping") == {}
    assert client.unheard() == []


@pytest.mark.parametrize("version", ["2024-11-05", "2025-06-18", "2025-11-25"])
async def test_a_batch_is_refused_in_every_other_revision(world, version):
    client = await world.client({"few": world.raw("few")}, version=version)
    assert (await error_for(client, b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]'))["error"]["code"] == -32600
    assert await client.request("ping") == {}


async def test_an_empty_batch_is_an_invalid_request(world):
    client = await world.client({"few": world.raw("few")}, version="2025-03-26")
    assert (await error_for(client, b"[]"))["error"]["code"] == -32600
