"""A server whose every honest line stands between twenty mutated ones; the argument is the seed."""

import random
import sys

from raw import Call, Server

rng, server = random.Random(sys.argv[1]), Server("chatter")
SEEDS = [
    b'{"jsonrpc":"2.0","id":900001,"result":{"content":[]}}',
    b'{"jsonrpc":"2.0","id":"x","method":"roots/list"}',
    b'{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"p900001","progress":1}}',
    b'{"jsonrpc":"2.0","id":900002,"error":{"code":1,"message":"x"}}',
    b"Listening on port 80",
    b'{"level":"info","msg":"x"}',
]
plain = server.write


def chat() -> bytes:
    line = bytearray(rng.choice(SEEDS))
    for _ in range(rng.randrange(4)):
        line[rng.randrange(len(line))] = rng.randrange(256)
    return bytes(line).replace(b"\n", b"") + b"\n"


def write(data: bytes) -> None:
    plain(b"".join(chat() for _ in range(10)) + data + b"".join(chat() for _ in range(10)))


@server.tool("work")
def work(call: Call):
    return "worked"


server.write = write
server.run()
