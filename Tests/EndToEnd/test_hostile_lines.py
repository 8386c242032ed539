"""Random and mutated lines: never a crash, never a request unanswered, never two answers crossed."""

import random

BEGIN = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}
SEEDS = [
    b'{"jsonrpc":"2.0","id":1,"method":"ping"}',
    b'{"jsonrpc":"2.0","id":"a","method":"tools/list","params":{}}',
    b'{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"kinds__echo","arguments":{"text":"x"},"_meta":{"progressToken":1}}}',
    b'{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":3}}',
    b'{"jsonrpc":"2.0","id":4,"method":"resources/read","params":{"uri":"memo://note"}}',
    b'{"jsonrpc":"2.0","id":5,"result":{"roots":[]}}',
    b'{"jsonrpc":"2.0","id":6,"error":{"code":1,"message":"x"}}',
    b'{"jsonrpc":"2.0","id":7,"method":"initialize","params":{"protocolVersion":"2025-03-26","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}',
    b'[{"jsonrpc":"2.0","id":8,"method":"ping"},{"jsonrpc":"2.0","id":9,"method":"ping"}]',
    b'{"jsonrpc":"2.0","id":10,"method":"logging/setLevel","params":{"level":"debug"}}',
]
PIECES = [
    b'"',
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\x00",
    b"\xff",
    b"\xc3",
    b"1E999",
    b"-",
    b"null",
    b'"id":',
    b'"id":1,',
    b'"method":"ping",',
    b"\\ud800",
    b"\\u00",
    b"\xe2\x80\xa8",
    b" " * 50,
    b"[" * 600,
]


def mutated(rng: random.Random) -> bytes:
    line = bytearray(rng.choice(SEEDS))
    for _ in range(rng.randrange(1, 4)):
        at, kind = rng.randrange(len(line) + 1), rng.randrange(5)
        if kind == 0:
            line[at:at] = rng.choice(PIECES)
        elif kind == 1:
            del line[at : at + rng.randrange(1, 12)]
        elif kind == 2 and at < len(line):
            line[at] = rng.randrange(256)
        elif kind == 3:
            line[at:at] = line[at : at + rng.randrange(1, 30)]
        else:
            del line[at:]
    return bytes(line).replace(b"\n", b" ").replace(b"\r", b" ")


async def test_thirty_thousand_mutated_lines_leave_every_honest_request_answered(world):
    client = await world.client({"kinds": world.raw("kinds")})
    await client.names()
    rng = random.Random(31_337)
    for flight in range(60):
        honest = []
        for n in range(500):
            client.send_line(mutated(rng))
            if n % 50 == 0:
                text = f"honest-{flight}-{n}"
                honest.append((client.begin_call("kinds__echo", {"text": text}, id=text), text))
        for id, text in honest:
            answer = await client.answer(id)
            # A mutated `initialize` may have begun the session anew; then the call is refused, aloud.
            assert (
                "error" in answer
                or answer["result"].get("isError")
                or answer["result"]["content"][0]["text"] == text
            )
    await client.request("initialize", BEGIN, id="again")
    assert await client.text("kinds__echo", {"text": "alive"}, id="alive") == "alive"
    twice = [
        m["id"]
        for m in client.unheard()
        if isinstance(m.get("id"), str) and m["id"].startswith("honest-") and "method" not in m
    ]
    assert twice == []


async def test_every_well_formed_request_is_answered_exactly_once(world):
    client = await world.client({"kinds": world.raw("kinds")})
    await client.names()
    rng, expected = random.Random(7), {}
    methods = [
        ("ping", {}),
        ("tools/list", {}),
        ("tools/call", {"name": "kinds__echo", "arguments": {}}),
        ("tools/call", {"name": "nobody"}),
        ("resources/read", {"uri": "memo://note"}),
        ("no/such", {}),
        ("prompts/get", {"name": "kinds__plain"}),
        ("logging/setLevel", {"level": "x"}),
    ]
    for n in range(3000):
        method, params = rng.choice(methods)
        client.begin(method, params, id=f"q{n}")
        line = mutated(rng)
        client.send_line(b"]" if b"initialize" in line else line)
        expected[f"q{n}"] = method
    for id in expected:
        await client.answer(id)
    assert [m for m in client.unheard() if m.get("id") in expected] == []


async def test_random_lines_from_an_upstream_hurt_nobody(world):
    client = await world.client({"chatter": world.raw("chatter", "11"), "few": world.raw("few")})
    await client.names()
    for n in range(200):
        assert await client.text("few__echo", {"text": str(n)}) == f"few/echo: {n}"
    assert await client.text("chatter__work") == "worked"
