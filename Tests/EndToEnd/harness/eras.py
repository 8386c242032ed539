"""The two eras of the protocol: who remembers what, as keys and names."""

#: The newest revision with a handshake, and the one that needs none.
NEWEST = "2025-11-25"
MODERN = "2026-07-28"
META = "io.modelcontextprotocol/"
#: What a client of the newest revision can do.
ALL = {"roots": {}, "sampling": {}, "elicitation": {"form": {}, "url": {}}}
#: Which parameter a request's `Mcp-Name` repeats.
NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}


def envelope(version: str = MODERN, capabilities=ALL, **more) -> dict:
    """What every request of the newest revision carries in `_meta`; None leaves a key out."""
    keys = {
        META + "protocolVersion": version,
        META + "clientCapabilities": capabilities,
        META + "clientInfo": {"name": "raw", "version": "1"},
        **more,
    }
    return {key: value for key, value in keys.items() if value is not None}
