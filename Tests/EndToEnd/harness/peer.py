"""A raw MCP client: lines out, lines in, byte for byte, nothing typed in between."""

import asyncio
import contextlib
import itertools
import json
import os
import re
import signal

from .eras import NEWEST, envelope
from .limits import PATIENCE, soon

#: What the newest handshake-era client can do.
FULL = {
    "roots": {"listChanged": True},
    "sampling": {"tools": {}, "context": {}},
    "elicitation": {"form": {}, "url": {}},
}


class Refused(Exception):
    """A JSON-RPC error answer."""

    def __init__(self, error: dict):
        super().__init__(json.dumps(error))
        self.error, self.code = error, error["code"]


class Peer:
    """One conversation with one process over its standard input and output."""

    def __init__(self, process, reader, write, close):
        self.process, self._reader, self._write, self._close = process, reader, write, close
        self.lines: list[bytes] = []
        self.broken: list[bytes] = []
        self.heard: list[dict] = []
        self.errors = bytearray()
        self.finished = False
        self._ids = itertools.count(1)
        self._wake: list[asyncio.Future] = []
        self._tasks = [asyncio.create_task(self._listen())]
        if process.stderr is not None:
            self._tasks.append(asyncio.create_task(self._drain_errors()))

    @classmethod
    async def start(cls, arguments, *, env=None, cwd=None) -> "Peer":
        """Starts `arguments` with pipes on all three standard descriptors."""
        process = await asyncio.create_subprocess_exec(
            *arguments,
            env=env,
            cwd=cwd,
            limit=256 << 20,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        return cls(process, process.stdout, process.stdin.write, process.stdin.close)

    # Listening

    async def _listen(self) -> None:
        while line := await self._reader.readline():
            self.lines.append(line)
            try:
                self._take(json.loads(line))
            except ValueError:
                self.broken.append(line)
        self.finished = True
        self._ring()

    def _take(self, message) -> None:
        self.heard.extend(message if isinstance(message, list) else [message])
        self._ring()

    def _ring(self) -> None:
        wake, self._wake = self._wake, []
        for waiter in wake:
            if not waiter.done():
                waiter.set_result(None)

    async def _drain_errors(self) -> None:
        while chunk := await self.process.stderr.read(1 << 16):
            self.errors += chunk
            self._ring()

    async def says(self, pattern: bytes, seconds: float = PATIENCE) -> bytes:
        """What a pattern's group found in the process's standard error, as soon as it is there."""

        async def wait() -> bytes:
            while not (found := re.search(pattern, self.errors)):
                waiter = asyncio.get_running_loop().create_future()
                self._wake.append(waiter)
                await waiter
            return found[1]

        return await soon(wait(), f"{pattern!r} on standard error", seconds)

    async def hear(self, test, what: str, seconds: float = PATIENCE) -> dict:
        """The first message, heard already or to come, that passes `test`. It is heard only once."""

        async def wait() -> dict:
            seen = 0
            while True:
                for index in range(seen, len(self.heard)):
                    if self.heard[index] is not None and test(self.heard[index]):
                        found, self.heard[index] = self.heard[index], None
                        return found
                seen = len(self.heard)
                if self.finished:
                    raise AssertionError(f"the process closed its output before {what}\n{self.story()}")
                waiter = asyncio.get_running_loop().create_future()
                self._wake.append(waiter)
                await waiter

        try:
            return await soon(wait(), what, seconds)
        except AssertionError as failure:
            raise AssertionError(f"{failure}\n{self.story()}") from None

    def unheard(self, test=lambda message: True) -> list[dict]:
        """What came and no test has asked for."""
        return [m for m in self.heard if m is not None and test(m)]

    def story(self) -> str:
        """The last lines that came, for a failure report."""
        lines = b"".join(line[:400] for line in self.lines[-12:]).decode("utf-8", "replace")
        return f"--- last lines from the process:\n{lines}--- its stderr:\n{bytes(self.errors[-3000:]).decode('utf-8', 'replace')}"

    async def discard_listener(self) -> None:
        """From here on the test reads lines itself, with `next_answer`: for very many of them."""
        self._tasks[0].cancel()
        await asyncio.gather(self._tasks[0], return_exceptions=True)

    async def next_answer(self) -> bytes:
        """The next line that is no notification."""
        while (line := await self._reader.readline()).startswith(b'{"jsonrpc":"2.0","method"'):
            continue
        assert line, f"the process closed its output\n{self.story()}"
        return line

    # Speaking

    def send_bytes(self, data: bytes) -> None:
        self._write(data)

    def send_line(self, line: bytes | str) -> None:
        self._write((line.encode() if isinstance(line, str) else line) + b"\n")

    def send(self, message) -> None:
        self.send_line(json.dumps(message, separators=(",", ":")))

    def notify(self, method: str, params: dict | None = None) -> None:
        self.send({"jsonrpc": "2.0", "method": method} | ({} if params is None else {"params": params}))

    def begin(self, method: str, params: dict | None = None, id=None):
        """Sends a request and returns its id without waiting."""
        id = next(self._ids) if id is None else id
        self.send(
            {"jsonrpc": "2.0", "id": id, "method": method} | ({} if params is None else {"params": params})
        )
        return id

    async def answer(self, id, seconds: float = PATIENCE) -> dict:
        """The whole response to `id`, matched by value and type."""
        return await self.hear(
            lambda m: "method" not in m and repr(m.get("id", ())) == repr(id),
            f"an answer to id {id!r}",
            seconds,
        )

    async def request(
        self, method: str, params: dict | None = None, *, id=None, seconds: float = PATIENCE
    ) -> dict:
        """The result of one request, or `Refused`."""
        response = await self.answer(self.begin(method, params, id), seconds)
        if "error" in response:
            raise Refused(response["error"])
        return response["result"]

    async def refusal(self, method: str, params: dict | None = None, **options) -> dict:
        """The error that one request must get."""
        try:
            result = await self.request(method, params, **options)
        except Refused as refused:
            return refused.error
        raise AssertionError(f"{method} should have been refused, but got {str(result)[:400]}")

    # Conversation

    async def initialize(self, capabilities=FULL, version: str = NEWEST) -> dict:
        result = await self.request(
            "initialize",
            {
                "protocolVersion": version,
                "capabilities": capabilities,
                "clientInfo": {"name": "raw", "version": "1"},
            },
        )
        self.notify("notifications/initialized")
        return result

    def begin_call(self, name: str, arguments: dict | None = None, token=None, id=None):
        params = {"name": name, "arguments": arguments or {}}
        return self.begin(
            "tools/call", params if token is None else {"_meta": {"progressToken": token}, **params}, id
        )

    async def call(self, name: str, arguments: dict | None = None, **options) -> dict:
        return await self.request("tools/call", {"name": name, "arguments": arguments or {}}, **options)

    async def text(self, name: str, arguments: dict | None = None, **options) -> str:
        result = await self.call(name, arguments, **options)
        assert not result.get("isError"), result
        return result["content"][0]["text"]

    async def names(self, kind: str = "tools", key: str = "name") -> list[str]:
        method = {"templates": "resources/templates"}.get(kind, kind) + "/list"
        items = (await self.request(method))[{"templates": "resourceTemplates"}.get(kind, kind)]
        return [item[key] for item in items]

    async def notification(self, method: str, test=lambda params: True) -> dict:
        found = await self.hear(
            lambda m: m.get("method") == method and "id" not in m and test(m.get("params", {})), method
        )
        return found.get("params", {})

    async def question(self, method: str, test=lambda params: True) -> dict:
        return await self.hear(
            lambda m: m.get("method") == method and "id" in m and test(m.get("params", {})),
            f"the question {method}",
        )

    def reply(self, question: dict, result: dict) -> None:
        self.send({"jsonrpc": "2.0", "id": question["id"], "result": result})

    def decline(self, question: dict, code: int, message: str) -> None:
        self.send({"jsonrpc": "2.0", "id": question["id"], "error": {"code": code, "message": message}})

    # Ending

    def close_input(self) -> None:
        self._close()

    async def exited(self, seconds: float = PATIENCE) -> int:
        """The exit code; a negative number is a signal."""
        try:
            return await soon(self.process.wait(), "the process to exit", seconds)
        except AssertionError as failure:
            raise AssertionError(f"{failure}\n{self.story()}") from None

    async def stop(self, seconds: float = PATIENCE) -> int:
        """Ends the conversation as a client does: end of input, then wait."""
        self.close_input()
        return await self.exited(seconds)

    async def discard(self) -> None:
        """Whatever happened, nothing of this peer remains."""
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            await self.process.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class EnvelopedPeer(Peer):
    """A client of the newest revision: no handshake, and every request says who asks and what it can."""

    def begin(self, method: str, params: dict | None = None, id=None):
        params = dict(params or {})
        params["_meta"] = {**envelope(), **params.get("_meta", {})}
        return super().begin(method, params, id)
