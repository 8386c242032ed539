"""What the official SDK, 1.x or 2.x, meets at one server: who it is, what it lists, what it answers.

Arguments: a JSON object with `command`, `args`, `env`, the `calls` to make ([name, arguments] each),
`prompts` and `uris` to get, and for 2.x the connection `mode`. Prints one JSON object.
"""

import asyncio
import json
import sys

import mcp
from mcp import StdioServerParameters

plan = json.loads(sys.argv[1])
met = {"answers": [], "progress": []}


def plain(model) -> dict:
    return model.model_dump(by_alias=True, mode="json", exclude_none=True)


async def visit(session) -> None:
    async def progress(done, total, message):
        met["progress"].append([done, total, message])

    met["tools"] = [plain(tool) for tool in (await session.list_tools()).tools]
    for name, arguments in plan["calls"]:
        result = await session.call_tool(name, arguments, progress_callback=progress)
        met["answers"].append(plain(result))
    for name in plan.get("prompts", []):
        met["answers"].append(plain(await session.get_prompt(name)))
    for uri in plan.get("uris", []):
        met["answers"].append(plain(await session.read_resource(uri)))


async def main() -> None:
    place = StdioServerParameters(command=plan["command"], args=plan["args"], env=plan["env"])
    if hasattr(mcp, "Client"):
        async with mcp.Client(place, mode=plan["mode"]) as session:
            met["version"] = session.protocol_version
            await visit(session)
    else:
        from mcp.client.stdio import stdio_client

        async with stdio_client(place) as streams, mcp.ClientSession(*streams) as session:
            opened = await session.initialize()
            met["version"] = opened.protocolVersion
            met["server"] = plain(opened.serverInfo)
            met["capabilities"] = plain(opened.capabilities)
            met["instructions"] = opened.instructions
            await visit(session)
    print(json.dumps(met))


asyncio.run(main())
