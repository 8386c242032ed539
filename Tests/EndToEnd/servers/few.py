"""A server with only what it is told to have: names of tools, capabilities, instructions.

The option `broken` names methods that fail; `title`s and descriptions stay plain.
"""

from raw import Failure, Server, options

choice = options(
    name="few", tools=["echo"], capabilities={"tools": {}}, instructions=None, broken=[], version=None
)
server = Server(
    choice["name"],
    choice["capabilities"],
    **({"instructions": choice["instructions"]} if choice["instructions"] else {}),
)
for name in choice["tools"]:
    server.tool(name)(lambda call: f"{choice['name']}/{call.name}: {call.arguments.get('text', '')}")


def fail(message: dict):
    raise Failure(-32603, "broken on purpose")


for method in choice["broken"]:
    server.on(method)(fail)
if choice["version"]:
    usual = server.handlers["initialize"]
    server.on("initialize")(lambda message: {**usual(message), "protocolVersion": choice["version"]})
server.run()
