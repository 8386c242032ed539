"""What runs in a runtime of AgentCore, by both contracts, and does what a test tells it.

`/mcp` and `/invocations` take JSON-RPC whose method says what to do; `/ping` says how it is.
"""

import json
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from raw import options, tell

OPTIONS = options(slow_start=0, stateful=False, fails_first=0)
STATE = {"ping": {"status": "Healthy"}, "ping_status": 200, "fails": OPTIONS["fails_first"], "sessions": set()}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status: int, body: bytes = b"", kind="application/json", **fields) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/ping":
            return self.reply(STATE["ping_status"], json.dumps(STATE["ping"]).encode())
        self.reply(405)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        message = json.loads(body)
        method = message.get("method", "")
        if STATE["fails"] > 0 and method != "ping":
            STATE["fails"] -= 1
            tell("failed")
            return self.reply(503)
        more = {}
        if OPTIONS["stateful"] and method != "ping":
            session = self.headers.get("Mcp-Session-Id")
            if method == "initialize" and session is None:
                session = f"own-{os.getpid()}"
                STATE["sessions"].add(session)
            if session not in STATE["sessions"]:
                return self.reply(404, b'{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Session not found"}}')
            more["Mcp_Session_Id"] = session
        if "id" not in message:
            tell("notified", method=method)
            return self.reply(202)
        params = message.get("params", {})
        if method == "stream":
            return self.stream(message["id"], params["gate"])
        if method == "status":
            return self.reply(params["status"], b'{"secret":"of the program"}')
        if method == "exit":
            os._exit(3)
        if method == "become":
            STATE.update(params)
        if method == "hang":
            tell("hanging")
            threading.Event().wait()
        result = {
            "pid": os.getpid(),
            "headers": [[name, value] for name, value in self.headers.items()],
            "environment": {n: v for n, v in os.environ.items() if n.startswith(("AWS_", "OTEL_"))},
        }
        answer = {"jsonrpc": "2.0", "id": message["id"], "result": result}
        self.reply(200, json.dumps(answer).encode(), **more)

    def stream(self, request, gate: str) -> None:
        """One event at once, and the answer when the gate opens."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.event({"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progress": 1}})
        with open(gate, "rb"):
            pass
        self.event({"jsonrpc": "2.0", "id": request, "result": {"pid": os.getpid()}})
        self.wfile.write(b"0\r\n\r\n")

    def event(self, message: dict) -> None:
        data = f"event: message\ndata: {json.dumps(message)}\n\n".encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()


def terminated(*_):
    tell("terminated")
    os._exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, terminated)
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler)
    server.daemon_threads = True
    tell("listening")
    print("A line on standard output.", flush=True)
    print("A line on standard error.", file=sys.stderr, flush=True)
    server.serve_forever()
