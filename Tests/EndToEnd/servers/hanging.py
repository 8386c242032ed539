"""Never finishes something: `initialize`, `tools/list`, or even reading. Dies when its input ends."""

import os
import signal
import sys

from raw import Server, tell

server = Server("hanging")
if sys.argv[1] == "reading":
    tell("started")
    signal.pause()
server.handlers[sys.argv[1]] = lambda message: tell("hanging", at=sys.argv[1], pid=os.getpid())
server.tool("never")(lambda call: "never")
server.run()
