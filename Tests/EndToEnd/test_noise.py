"""Servers that print what they should not: skipped and reported, the link goes on."""

import base64


async def test_noise_between_messages_is_skipped(world):
    client = await world.client({"noisy": world.raw("noisy")})
    assert await client.names() == ["noisy__echo"]
    for n in range(20):
        assert await client.text("noisy__echo", {"text": str(n)}) == str(n)
    assert client.unheard(lambda m: m.get("method") != "notifications/unheard_of") == []


async def test_a_line_that_is_no_text_costs_nobody_an_answer(world):
    client = await world.client({"kinds": world.raw("kinds")})
    held = client.begin_call("kinds__hold", {"tag": 1})
    await world.witness.saw("executed", tool="hold")
    for line in (
        b"\xff\xfe\xfd\n",
        b"\x00\x01\n",
        b'{"jsonrpc":"2.0","id":',
        b"\n",
        b"[" * 5000 + b"\n",
        b"x" * 200_000 + b"\n",
    ):
        await client.call(
            "kinds__emit",
            {"bytes": base64.b64encode(line + (b"" if line.endswith(b"\n") else b"\n")).decode()},
        )
    await client.call("kinds__release", {"tag": 1})
    assert (await client.answer(held))["result"]["content"][0]["text"] == "released 1"


async def test_an_answer_in_a_batch_is_an_answer(world):
    client = await world.client({"kinds": world.raw("kinds")})
    calls = [client.begin_call("kinds__hold", {"tag": n}) for n in range(2)]
    await world.witness.saw("executed", times=2, tool="hold")
    ids = [fact["id"] for fact in world.witness.all("executed", tool="hold")]
    batch = (
        b"["
        + b",".join(
            b'{"jsonrpc":"2.0","id":%d,"result":{"content":[],"n":%d}}' % (id, n) for n, id in enumerate(ids)
        )
        + b"]\n"
    )
    await client.call("kinds__emit", {"bytes": base64.b64encode(batch).decode()})
    assert sorted([(await client.answer(call))["result"]["n"] for call in calls]) == [0, 1]


async def test_ten_megabytes_of_standard_error_block_nothing(world):
    client = await world.client({"kinds": world.raw("kinds")})
    assert await client.text("kinds__complain", {"bytes": 10 << 20}) == "done"
    assert await client.text("kinds__echo", {"text": "on"}) == "on"


async def test_an_upstreams_words_are_in_the_log_with_control_characters_escaped(world):
    client = await world.client(
        {
            "loud": {
                "stdio": {
                    "command": "/bin/sh",
                    "args": ["-c", r"printf 'fatal: \033[31mred\033[0m\n' >&2; exit 4"],
                }
            },
            "few": world.raw("few"),
        }
    )
    await client.names()
    await client.stop()
    log = bytes(client.errors)
    assert b"\x1b" not in log


async def test_standard_output_of_the_product_is_protocol_only(world):
    """Whatever is logged, every line a client reads is one JSON-RPC message."""
    client = await world.serve(
        {"noisy": world.raw("noisy"), "crashing": world.raw("crashing")}, env={"MANIFOLD_LOG_LEVEL": "debug"}
    )
    await client.initialize()
    await client.names()
    await client.stop()
    assert all(line.startswith(b'{"') and line.endswith(b"}\n") for line in client.lines)


async def test_an_error_without_an_id_ends_the_only_call_that_is_open(world):
    """It answers a request that its sender could not read; with one request open, it is that one."""
    client = await world.client({"kinds": world.raw("kinds")})
    line = b'{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"cannot read that"}}\n'
    call = client.begin_call("kinds__emit_only", {"bytes": base64.b64encode(line).decode()})
    answer = await client.answer(call)
    assert "cannot read that" in str(answer)


async def test_an_error_without_an_id_ends_none_of_several(world):
    client = await world.client({"kinds": world.raw("kinds")})
    held = [client.begin_call("kinds__hold", {"tag": n}) for n in range(2)]
    await world.witness.saw("executed", times=2, tool="hold")
    line = b'{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"cannot read that"}}\n'
    await client.call("kinds__emit", {"bytes": base64.b64encode(line).decode()})
    for n, call in enumerate(held):
        await client.call("kinds__release", {"tag": n})
        assert (await client.answer(call))["result"]["content"][0]["text"] == f"released {n}"
