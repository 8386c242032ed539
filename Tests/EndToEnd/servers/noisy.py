"""A server that works, between lines that are no messages, and with CRLF line ends."""

import sys

from raw import Call, Server

NOISE = [
    b"DEBUG connecting...\n",
    b"\n",
    b"   \n",
    b"\xff\xfe\xfd\n",
    b'{"half": \n',
    b"null\n",
    b"[]\n",
    b"7\n",
    b'{"jsonrpc":"1.0","id":1,"result":{}}\n',
    b'{"jsonrpc":"2.0","id":99999,"result":{}}\n',
    b'{"jsonrpc":"2.0","method":"notifications/unheard_of"}\n',
]
server = Server("noisy")
plain_write = server.write


def write(data: bytes) -> None:
    plain_write(b"".join(NOISE) + data.rstrip(b"\n") + b"\r\n" + b"".join(NOISE))


@server.tool("echo")
def echo(call: Call):
    return call.arguments.get("text", "")


server.write = write
print("Starting noisy server", file=sys.stderr)
server.run()
