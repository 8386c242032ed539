"""Dies once, at a chosen step of its first call; the process that replaces it behaves.

Arguments: the step, and a path that does not exist until the death has happened.
"""

import os
import select
import sys

from raw import Call, Server, tell

STEP, MARK = sys.argv[1], sys.argv[2]
server = Server("dying")
RESULT = b'{"content":[{"type":"text","text":"worked"}]}'


def due() -> bool:
    """Whether this is the process that is to die."""
    try:
        os.close(os.open(MARK, os.O_CREAT | os.O_EXCL))
        return True
    except FileExistsError:
        return False


def line_of(call: Call) -> bytes:
    return b'{"jsonrpc":"2.0","id":%d,"result":%s}\n' % (call.id, RESULT)


@server.tool("work")
def work(call: Call):
    if STEP == "before reading" or not due():
        return RESULT
    tell("dying", step=STEP)
    if STEP == "after progress":
        call.progress(1)
    if STEP == "within the result":
        server.write(line_of(call)[:30])
    if STEP == "after the result":
        server.write(line_of(call))
    if STEP == "after the result without newline":
        server.write(line_of(call)[:-1])
    os._exit(7)


@server.on("tools/list")
def list_tools(message: dict):
    if STEP == "before reading" and due():
        server.reply(message["id"], server._list_tools(message))
        select.select([0], [], [])
        tell("dying", step=STEP)
        os._exit(7)
    return server._list_tools(message)


server.run()
