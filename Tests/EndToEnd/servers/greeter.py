"""The server that the integration tests of mcp-proxy-for-aws expect, written with FastMCP.

    greeter.py [PORT]

Says on standard error where it listens.
"""

import json
import socket
import sys
from dataclasses import dataclass

from fastmcp import Context, FastMCP

server = FastMCP("greeter")


@dataclass
class Accept:
    value: str


@dataclass
class Decline:
    value: str


@server.tool
def greet(name: str) -> str:
    return f"Hello {name}"


@server.tool
async def elicit_for_my_name(elicitation_expected: str, context: Context) -> str:
    kind = {"Accept": Accept, "Decline": Decline}[elicitation_expected]
    answer = await context.elicit("What is your name?", response_type=kind)
    return f"Nice to meet you - {answer.data.value}" if answer.action == "accept" else "Information not provided"


@server.tool
async def echo_metadata(context: Context) -> str:
    meta = context.request_context.meta
    return json.dumps({"received_meta": meta.model_dump() if meta is not None else None})


@server.tool
async def add_tool_multiply() -> str:
    def multiply(x: int, y: int) -> int:
        return x * y

    server.add_tool(server_tool(multiply))
    return "added"


def server_tool(function):
    from fastmcp.tools import Tool

    return Tool.from_function(function)


if __name__ == "__main__":
    listener = socket.socket()
    listener.bind(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0))
    port = listener.getsockname()[1]
    listener.close()
    print(f"Listening on http://127.0.0.1:{port}/mcp", file=sys.stderr, flush=True)
    server.run(transport="http", host="127.0.0.1", port=port, show_banner=False, log_level="error")
