"""FastMCP's own proxy in front of one stdio server: a peer of the stdio rows."""

import sys

from fastmcp.server import create_proxy

create_proxy({"mcpServers": {"echo": {"command": sys.argv[1], "args": sys.argv[2:]}}}).run(
    transport="stdio", show_banner=False
)
