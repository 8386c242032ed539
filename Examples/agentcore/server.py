"""A server as it is deployed to AgentCore Runtime: Streamable HTTP at port 8000, or where PORT says.

With `--stateless` it remembers nothing between requests, and says so to the SDK.
"""

import os
import sys

from mcp.server.fastmcp import FastMCP

server = FastMCP("notes", port=int(os.environ.get("PORT", "8000")), stateless_http="--stateless" in sys.argv)
notes: list[str] = []


@server.tool()
def forecast(city: str) -> str:
    """The weather of tomorrow."""
    return f"Tomorrow in {city}: sunny, 21 degrees."


@server.tool()
def remember(note: str) -> str:
    """Keeps a note for as long as this machine lives."""
    notes.append(note)
    return f"{len(notes)} notes: {', '.join(notes)}"


if __name__ == "__main__":
    server.run("streamable-http")
