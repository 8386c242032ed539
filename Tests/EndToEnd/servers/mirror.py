"""Shows what it was given: `show` as the bytes that came, `give` as the result that its argument is."""

from raw import Server, text

server = Server("mirror")
server.tool("show")(lambda call: text(call.raw_arguments.decode()))
server.tool("give")(lambda call: call.arguments["result"])
server.run()
