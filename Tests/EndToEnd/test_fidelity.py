"""Bytes pass through: whatever a payload is spelled like, it arrives spelled like that."""

import base64
import json
import random

import pytest

from harness.limits import soon
from harness.payloads import ODDITIES, payloads


async def there_and_back(client, name: str, arguments: bytes, id: str) -> bytes:
    """The result's bytes of one call whose arguments are these bytes."""
    client.send_line(
        b'{"jsonrpc":"2.0","id":"%s","method":"tools/call","params":{"name":"%s","arguments":%s}}'
        % (id.encode(), name.encode(), arguments)
    )
    await client.answer(id)
    line = next(line for line in reversed(client.lines) if b'"id":"%s"' % id.encode() in line)
    return line[line.index(b'"result":') + 9 : line.rindex(b"}")]


@pytest.mark.parametrize("payload", ODDITIES)
async def test_an_oddity_arrives_as_it_is(world, payload):
    client = await world.client({"kinds": world.raw("kinds")})
    arguments = payload if payload.startswith(b"{") else b'{"x":' + payload + b"}"
    assert await there_and_back(client, "kinds__same", arguments, "odd") == arguments


async def test_a_hundred_levels_arrive_as_they_are(world):
    client = await world.client({"kinds": world.raw("kinds")})
    arguments = b'{"x":' + b'[{"y":' * 50 + b"1.0" + b"}]" * 50 + b"}"
    assert await there_and_back(client, "kinds__same", arguments, "deep") == arguments


async def test_forty_mebibytes_come_back_whole(world):
    client = await world.client({"kinds": world.raw("kinds")})
    size = 40 << 20
    result = await client.call("kinds__huge", {"bytes": size}, seconds=30)
    text = result["content"][0]["text"]
    assert len(text) == size and text[:16] == text[-16:] == "0123456789abcdef"
    assert await client.request("ping") == {}


async def test_forty_mebibytes_go_up_whole(world):
    client = await world.client({"kinds": world.raw("kinds")})
    arguments = b'{"x":"' + b"0123456789abcdef" * (40 << 16) + b'"}'
    assert await there_and_back(client, "kinds__same", arguments, "large") == arguments


async def test_the_request_line_differs_in_its_id_and_name_only(world):
    client = await world.client({"kinds": world.raw("kinds")})
    line = '{"method" : "tools/call", "vendor":{"a":1.0},"params":{"_meta":{"x/y":[1E400,-0]}, "other":null ,"name":"kinds__mirror","arguments":{"b":2,"a":"\\ud800"}},"id":"mine", "jsonrpc":"2.0"}'
    client.send_line(line)
    seen = base64.b64decode((await client.answer("mine"))["result"]["content"][0]["text"]).decode()
    id = (await world.witness.saw("executed", tool="mirror"))["id"]
    assert seen == line.replace('"mine"', str(id)).replace("kinds__mirror", "mirror") + "\n"


async def test_the_answer_line_differs_in_its_id_only(world):
    client = await world.client({"kinds": world.raw("kinds")})
    call = client.begin_call("kinds__hold", {"tag": "t"}, id="mine")
    id = (await world.witness.saw("executed", tool="hold"))["id"]
    line = (
        b'{"result" : {"z":1.0,"a":{"b":1,"b":2},"content":[] ,"_meta":{"v":-0}},"vendor":[1E400], "id":%d ,"jsonrpc":"2.0"}\r\n'
        % id
    )
    await client.call("kinds__emit", {"bytes": base64.b64encode(line).decode()})
    await client.answer(call)
    assert next(raw for raw in client.lines if b'"mine"' in raw) == line.replace(
        b"%d " % id, b'"mine" '
    ).replace(b"\r\n", b"\n")


async def test_line_breaks_between_tokens_never_reach_a_client(world):
    """A pretty-printing server cannot exist on a line protocol, but a carriage return inside a line can."""
    client = await world.client({"kinds": world.raw("kinds")})
    client.send_bytes(
        b'{"jsonrpc":"2.0",\r"id":"cr",\r"method":"tools/call","params":\r{"name":"kinds__mirror","arguments":{\r}}}\n'
    )
    seen = base64.b64decode((await client.answer("cr"))["result"]["content"][0]["text"])
    assert b"\r" not in seen and seen.count(b"\n") == 1


async def test_unusual_separators_inside_strings_stay(world):
    client = await world.client({"kinds": world.raw("kinds")})
    arguments = '{"x":"a\u2028b\u2029c\u0085d\ufeff"}'.encode()
    assert await there_and_back(client, "kinds__same", arguments, "u2028") == arguments


async def test_a_hundred_thousand_random_messages_come_back_byte_for_byte(world):
    """Sent in flights of 64 through one process; a result is its call's arguments."""
    client = await world.serve({"r": world.raw("reflect")})
    await client.initialize()
    await client.call("r__reflect", {})
    await client.discard_listener()
    rng, total, flight = random.Random(20_251_125), 100_000, 250
    source = payloads(rng)

    async def one_flight(first: int) -> None:
        sent = [next(source) for _ in range(min(flight, total - first))]
        client.send_bytes(
            b"".join(
                b'{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"r__reflect","arguments":%s}}\n'
                % (first + n + 10, payload)
                for n, payload in enumerate(sent)
            )
        )
        for _ in sent:
            line = await client.next_answer()
            head, _, result = line.partition(b',"result":')
            n = int(head.removeprefix(b'{"jsonrpc":"2.0","id":')) - first - 10
            assert result[:-2] == sent[n], f"sent {sent[n]!r}\ngot  {result!r}"
            sent[n] = None

    async def all_flights() -> None:
        for first in range(0, total, flight):
            await one_flight(first)

    await soon(all_flights(), "100,000 answers", 50)


async def test_a_schema_is_not_rewritten(world):
    client = await world.client({"kinds": world.raw("kinds")})
    tools = (await client.request("tools/list"))["tools"]
    schema = next(tool for tool in tools if tool["name"] == "kinds__structured")["outputSchema"]
    assert list(schema) == ["type", "$defs", "properties", "additionalProperties"]
    assert schema["$defs"]["n"] == {"$anchor": "n", "type": "integer"}


async def test_results_of_every_method_are_untouched(world):
    own = await world.direct(world.raw("kinds"))
    await own.initialize()
    client = await world.client({"kinds": world.raw("kinds")})
    await client.names("resources", "uri")
    for method, mine, theirs in (
        ("resources/read", {"uri": "memo://note"}, {"uri": "memo://note"}),
        ("prompts/get", {"name": "kinds__plain"}, {"name": "plain"}),
    ):
        assert json.dumps(await client.request(method, mine)) == json.dumps(await own.request(method, theirs))
