"""Will not go: ignores SIGTERM and the end of its input, and has a child of its own like that.

Modes: `ignores` (both processes stay), `leaves` (the server goes politely, its child stays).
"""

import os
import signal
import sys

from raw import Call, Server, tell

for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
if (child := os.fork()) == 0:
    os.close(0)
    os.close(1)
    while True:
        signal.pause()
tell("grandchild", child=child)
server = Server("stubborn")


@server.tool("echo")
def echo(call: Call):
    return call.arguments.get("text", "")


server.run()
while sys.argv[1] == "ignores":
    signal.pause()
