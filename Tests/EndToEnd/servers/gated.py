"""Answers nothing before the test opens the gate: the other end of a named pipe."""

import os
import sys

from raw import Call, Server, tell

server = Server("gated")


@server.tool("echo")
def echo(call: Call):
    return call.arguments.get("text", "")


tell("gated")
os.close(os.open(sys.argv[1], os.O_RDONLY))
server.run()
