"""JSON objects in every spelling that JSON allows, as bytes."""

import random
from collections.abc import Iterator

#: Values that typed models lose or change. Those that start with a brace are whole objects.
ODDITIES = [
    b"9223372036854775808",
    b"18446744073709551616",
    b"123456789012345678901234567890",
    b"1.0",
    b"1.10",
    b"-0",
    b"-0.0",
    b"1E400",
    b"1e+2",
    b"1E-400",
    b"0.1e1",
    b'"\\ud800"',
    b'"\\udc00\\ud800"',
    b'"\\u0041\\/\\u000a"',
    b'"\\uD83D\\uDE00"',
    '"\U0001f600é\u2028"'.encode(),
    b'"\\u0000"',
    b'"\x7f"',
    b'{"a":1,"a":2}',
    b'{"b":1,"a":2,"":3}',
    b'{"a":{"id":1,"id":2,"method":"x"}}',
    b'{"name":"x","arguments":{"arguments":{}},"jsonrpc":"1.0"}',
    b'{ "a" :\t[ 1 , 2 ] , "b" : { } }',
    b"[[],{},null,true,false]",
    b'{"\\u0061":1,"a":2}',
    b'{"_meta":{"progressToken":5},"id":7,"result":1,"error":2}',
]
_NUMBERS = [
    b"0",
    b"-0",
    b"1.0",
    b"1e5",
    b"1E+400",
    b"-1.5e-7",
    b"9223372036854775808",
    b"123456789012345678901234567890",
]
_PIECES = [
    "a",
    "é",
    "漢",
    "😀",
    "\u2028",
    "\x7f",
    "\\n",
    '\\"',
    "\\\\",
    "\\/",
    "\\u0041",
    "\\ud800",
    "\\uDC00",
    "\\uD83D\\uDE00",
    "\\u0000",
    " ",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "id",
    "result",
]
_SPACES = [b"", b"", b"", b" ", b"\t", b"  "]


def _string(rng: random.Random) -> bytes:
    return ('"' + "".join(rng.choices(_PIECES, k=rng.randrange(8))) + '"').encode()


def _value(rng: random.Random, depth: int) -> bytes:
    kind = rng.random()
    if depth == 0 or kind < 0.35:
        return _string(rng)
    if kind < 0.6:
        return rng.choice(_NUMBERS) if kind < 0.5 else b"%d" % rng.randrange(-(10**6), 10**20)
    if kind < 0.7:
        return rng.choice((b"null", b"true", b"false"))
    if kind < 0.85:
        return b"[" + b",".join(_value(rng, depth - 1) for _ in range(rng.randrange(4))) + b"]"
    return _object(rng, depth - 1)


def _object(rng: random.Random, depth: int) -> bytes:
    members = []
    for _ in range(rng.randrange(4)):
        space = rng.choice(_SPACES)
        members.append(space + _string(rng) + space + b":" + space + _value(rng, depth))
    return b"{" + b",".join(members) + b"}"


def payloads(rng: random.Random) -> Iterator[bytes]:
    """Random objects for ever; the same ones for the same seed."""
    while True:
        yield _object(rng, 3)
