"""Serves an ASGI application on a port of its own and says where, as the product does."""

import os
import socket
import sys

import uvicorn


def serve(app, path: str = "/mcp") -> None:
    """Listens before it says so, so that whoever reads the line can connect at once."""
    port = int(os.environ.get("PORT", "0"))  # whoever starts a container says where it has to listen
    listener = socket.create_server(("127.0.0.1", port), backlog=1024)
    print(f"Listening on http://127.0.0.1:{listener.getsockname()[1]}{path}.", file=sys.stderr, flush=True)
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1, ws="none")
    uvicorn.Server(config).run(sockets=[listener])


def only(app, versions: set[str], refuse):
    """The application for these protocol versions; every other request gets what `refuse` says.

    `refuse(method, version)` returns a status, headers and a JSON body, or None to let it pass.
    """

    async def filtered(scope, receive, send):
        if scope["type"] != "http":
            return await app(scope, receive, send)
        headers = dict(scope["headers"])
        version = headers.get(b"mcp-protocol-version", b"").decode() or None
        refusal = None if version in versions else refuse(scope["method"], version)
        if refusal is None:
            return await app(scope, receive, send)
        status, extra, body = refusal
        kind = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": kind + extra})
        await send({"type": "http.response.body", "body": body})

    return filtered
