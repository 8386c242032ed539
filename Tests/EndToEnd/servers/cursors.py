"""Pages without end, in the ways that servers get cursors wrong.

Modes: `same` (one cursor for ever), `new` (always another), `empty` (`""` is a real cursor),
`null` (means the end).
"""

import sys

from raw import Server, tell

server = Server("cursors")
echo = lambda call: "echo"
for name in ("one", "two", "three"):
    server.tool(name)(echo)


@server.on("tools/list")
def list_tools(message: dict):
    cursor = (message.get("params") or {}).get("cursor")
    tell("listed", cursor=cursor)
    fields = [tool for tool, _ in server.tools.values()]
    match sys.argv[1]:
        case "same":
            return {"tools": fields, "nextCursor": "again"}
        case "new":
            return {"tools": fields, "nextCursor": str(int(cursor or "0") + 1)}
        case "empty":
            return {"tools": fields[:1], "nextCursor": ""} if cursor is None else {"tools": fields[1:]}
        case _:
            return {"tools": fields, "nextCursor": None}


server.run()
