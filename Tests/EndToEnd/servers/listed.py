"""Lists the tools that its argument says, whatever they are."""

from raw import Server, options

items = options(items=[])["items"]
server = Server("listed")
server.on("tools/list")(lambda message: {"tools": items})
server.run()
