"""Answers every call with its arguments' own bytes, as fast as Python can."""

import os
import re

from raw import Server

CALL = re.compile(
    rb'\{"jsonrpc":"2.0","id":(\d+),"method":"tools/call","params":\{"name":"reflect","arguments":(.*)\}\}',
    re.S,
)
server = Server("reflect")
server.tool("reflect")(lambda call: call.raw_arguments)
rest = b""
while chunk := os.read(0, 1 << 20):
    *lines, rest = (rest + chunk).split(b"\n")
    answers = []
    for line in lines:
        if match := CALL.fullmatch(line):
            answers.append(b'{"jsonrpc":"2.0","id":%s,"result":%s}\n' % match.groups())
        else:
            server.take(line)
    server.write(b"".join(answers))
