"""A stdio MCP server in plain Python, as obedient or as rude as a test wants it.

With GATE in its environment it does nothing before the test opens that named pipe.
It answers from a table of handlers, keeps calls open for as long as a tool likes, and
tells the test's witness what it sees. Nothing but the standard library: it starts in
milliseconds, and its bytes are its own.
"""

import json
import os
import socket
import sys

_socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)


def tell(event: str, **facts) -> None:
    """Reports to the witness; arrives even when this process dies at once."""
    path = os.environ.get("WITNESS")
    if path and os.path.exists(path):
        _socket.sendto(json.dumps({"event": event, "pid": os.getpid(), **facts}).encode(), path)


def text(value: str, **more) -> dict:
    return {"content": [{"type": "text", "text": value}], **more}


def options(**defaults) -> dict:
    """The JSON object given as first argument, over these defaults."""
    return {**defaults, **(json.loads(sys.argv[1]) if len(sys.argv) > 1 else {})}


class Failure(Exception):
    """Becomes a JSON-RPC error answer."""

    def __init__(self, code: int, message: str, data=None):
        super().__init__(message)
        self.error = {"code": code, "message": message} | ({} if data is None else {"data": data})


class Call:
    """One `tools/call` as it came."""

    def __init__(self, server: "Server", message: dict, line: bytes):
        self.server, self.id, self.line = server, message["id"], line
        params = message.get("params", {})
        self.name, self.arguments = params.get("name"), params.get("arguments") or {}
        self.token = params.get("_meta", {}).get("progressToken")

    @property
    def raw_arguments(self) -> bytes:
        """The bytes of `arguments`, which must be the last member of the message."""
        return self.line[self.line.index(b'"arguments":') + 12 : self.line.rindex(b"}}")]

    def progress(self, value, total=None, message=None) -> None:
        extra = {k: v for k, v in (("total", total), ("message", message)) if v is not None}
        self.server.notify(
            "notifications/progress", {"progressToken": self.token, "progress": value, **extra}
        )

    def reply(self, result) -> None:
        self.server.calls.pop(repr(self.id), None)
        self.server.reply(self.id, result)


class Server:
    """Handlers by method and by tool; `run` serves until standard input ends."""

    def __init__(self, name: str = "raw", capabilities: dict | None = None, **initialize):
        self.capabilities = {"tools": {"listChanged": True}} if capabilities is None else capabilities
        self.identity, self.extra = {"name": name, "version": "1"}, initialize
        self.client: dict = {}
        self.tools: dict[str, tuple[dict, object]] = {}
        self.calls: dict[str, Call] = {}
        self.handlers = {
            "initialize": self._initialize,
            "ping": lambda m: {},
            "tools/list": self._list_tools,
            "notifications/initialized": lambda m: tell("initialized"),
            "notifications/cancelled": self._cancelled,
        }
        self._asked: dict[str, object] = {}
        self._next = 0

    # What it offers

    def tool(self, name: str, **fields):
        def add(function):
            self.tools[name] = (
                {
                    "name": name,
                    "description": function.__doc__ or name,
                    "inputSchema": {"type": "object"},
                    **fields,
                },
                function,
            )
            return function

        return add

    def on(self, method: str):
        def add(function):
            self.handlers[method] = function
            return function

        return add

    # What it says

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(1, view) :]

    def send(self, message: dict) -> None:
        self.write(json.dumps(message, separators=(",", ":")).encode() + b"\n")

    def notify(self, method: str, params: dict | None = None) -> None:
        self.send({"jsonrpc": "2.0", "method": method} | ({} if params is None else {"params": params}))

    def reply(self, id, result) -> None:
        if isinstance(result, bytes):
            self.write(b'{"jsonrpc":"2.0","id":%s,"result":%s}\n' % (json.dumps(id).encode(), result))
        else:
            self.send(
                {"jsonrpc": "2.0", "id": id, "result": text(result) if isinstance(result, str) else result}
            )

    def ask(self, method: str, params: dict | None, then, id=None):
        """Asks the client; ids count from 0, as some SDKs do. `then` gets the whole answer."""
        if id is None:
            id, self._next = self._next, self._next + 1
        self._asked[repr(id)] = then
        self.send(
            {"jsonrpc": "2.0", "id": id, "method": method} | ({} if params is None else {"params": params})
        )
        return id

    # What it does

    def _initialize(self, message: dict) -> dict:
        self.client = message["params"]
        tell("initialize", params=self.client)
        return {
            "protocolVersion": self.client["protocolVersion"],
            "capabilities": self.capabilities,
            "serverInfo": self.identity,
            **self.extra,
        }

    def _list_tools(self, message: dict) -> dict:
        return {"tools": [fields for fields, _ in self.tools.values()]}

    def _cancelled(self, message: dict) -> None:
        id = message["params"].get("requestId")
        call = self.calls.pop(repr(id), None)
        tell(
            "cancelled",
            request=id,
            name=call and call.name,
            arguments=call and call.arguments,
            known=call is not None,
        )

    def _call(self, message: dict, line: bytes) -> None:
        call = Call(self, message, line)
        if call.name not in self.tools:
            raise Failure(-32602, f"Unknown tool: {call.name}")
        self.calls[repr(call.id)] = call
        small = call.arguments if len(line) < 4096 else None
        tell("executed", tool=call.name, id=call.id, arguments=small, token=call.token)
        result = self.tools[call.name][1](call)
        if result is not None:
            call.reply(result)

    def take(self, line: bytes) -> None:
        """One line from the client."""
        message = json.loads(line)
        method, id = message.get("method"), message.get("id")
        if method is None:
            tell("answered", id=id, answer={k: v for k, v in message.items() if k in ("result", "error")})
            then = self._asked.pop(repr(id), None)
            return then(message) if then else None
        if method != "tools/call":
            tell("received", method=method, params=message.get("params"))
        try:
            if method == "tools/call" and method not in self.handlers:
                return self._call(message, line)
            if method not in self.handlers:
                raise Failure(-32601, f"Method not found: {method}")
            result = self.handlers[method](message)
            if "id" in message and result is not None:
                self.reply(id, result)
        except Failure as failure:
            self.calls.pop(repr(id), None)
            if "id" in message:
                self.send({"jsonrpc": "2.0", "id": id, "error": failure.error})

    def run(self) -> None:
        tell("started", argv=sys.argv[1:])
        if gate := os.environ.get("GATE"):
            tell("gated")
            os.close(os.open(gate, os.O_RDONLY))
        for line in sys.stdin.buffer:
            self.take(line)
        tell("ended")
