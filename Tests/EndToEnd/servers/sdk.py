"""One server, written as its users would, for three SDKs: mcp 1.x, mcp 2.x and FastMCP.

Which one is whichever this interpreter's environment has; `fastmcp` as argument chooses FastMCP,
and `http` serves it on a port of its own instead of standard input and output, `stateless` without
sessions.
"""

import asyncio
import sys

from pydantic import BaseModel

from raw import tell

if "fastmcp" in sys.argv:
    from fastmcp import Context
    from fastmcp import FastMCP as Server
else:
    try:
        from mcp.server.mcpserver import Context
        from mcp.server.mcpserver import MCPServer as Server
    except ImportError:
        from mcp.server.fastmcp import Context
        from mcp.server.fastmcp import FastMCP as Server
from mcp.types import ImageContent, SamplingMessage, TextContent

server = Server("sdk", instructions="Written with an SDK.")
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


class Sum(BaseModel):
    sum: int


class Name(BaseModel):
    name: str


@server.tool()
def echo(text: str) -> str:
    """Says it again."""
    return text


@server.tool()
def add(a: int, b: int) -> Sum:
    return Sum(sum=a + b)


@server.tool()
def picture() -> list[ImageContent]:
    return [ImageContent(**{"type": "image", "data": PIXEL, "mimeType": "image/png"})]


@server.tool()
def fail() -> str:
    raise ValueError("it did not work")


@server.tool()
async def slow(steps: int, ctx: Context) -> str:
    for step in range(1, steps + 1):
        await ctx.report_progress(step, steps, f"step {step}")
        await ctx.info(f"log {step}")
    return "done"


@server.tool()
async def linger(ctx: Context) -> str:
    """Never ends by itself."""
    try:
        tell("lingering")
        await ctx.report_progress(1)
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        tell("cancelled")
        raise
    return "unreachable"


@server.tool()
async def elicit(ctx: Context) -> str:
    answer = await ctx.elicit("Your name?", Name)
    return f"{answer.action}: {answer.data.name}"


if "fastmcp" not in sys.argv:

    @server.tool()
    async def sample(ctx: Context) -> str:
        asked = [SamplingMessage(role="user", content=TextContent(type="text", text="hi"))]
        answer = await ctx.session.create_message(asked, max_tokens=10)
        return answer.content.text

    @server.tool()
    async def roots(ctx: Context) -> str:
        return " ".join(str(root.uri) for root in (await ctx.session.list_roots()).roots)


@server.prompt()
def greet(who: str) -> str:
    return f"Greet {who}"


@server.resource(f"sdk://{sys.argv[1]}/note")
def note() -> str:
    return "a note"


@server.resource(f"sdk://{sys.argv[1]}/by-name/{{name}}")
def by_name(name: str) -> str:
    return f"about {name}"


if __name__ == "__main__":
    if "http" in sys.argv:
        from listening import serve

        if "stateless" in sys.argv:
            server.settings.stateless_http = True  # mcp 1.x
        serve(server.http_app(path="/mcp") if "fastmcp" in sys.argv else server.streamable_http_app())
    elif "fastmcp" in sys.argv:
        server.run("stdio", show_banner=False)
    else:
        server.run("stdio")
