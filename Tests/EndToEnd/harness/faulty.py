"""An HTTP upstream that is killed, expires or is restarted between two protocol steps, as a seed draws it.

Everything that it does wrong is noted, and everything that it carries out is counted.
"""

import asyncio
import random
from collections import Counter

from .eras import MODERN
from .upstream import Call, Upstream, text

#: How a server says that it does not know a session: what they do in the field.
REFUSALS = [
    (404, -32600, "Session not found"),
    (404, -32001, "Session not found"),
    (400, -32600, "Bad Request: no valid session ID provided"),
    (200, -32602, "Invalid request parameters"),
]
TOOLS = [{"name": name, "inputSchema": {"type": "object"}} for name in ("work", "ask")]


class Faulty(Upstream):
    """A correct server with faults in between; `calm` while there are to be none."""

    def __init__(self, version: str, name: str):
        super().__init__(version)
        self.name, self.calm = name, True
        self.random = random.Random(0)
        #: How often the work of each number was carried out, and what went wrong how often.
        self.done: Counter = Counter()
        self.faults: Counter = Counter()
        self._left = 0
        self._questions: dict[int, asyncio.Future] = {}
        self._restarts: set[asyncio.Task] = set()

    # Faults

    def begin(self, seed: str) -> None:
        """From now on there are faults, a few."""
        self.random, self.calm = random.Random(seed), False
        self._left = self.random.randint(0, 5)

    async def usual(self, call: Call) -> None:
        fault = self._drawn(call)
        if fault is not None:
            self.faults[fault] += 1
            await getattr(self, f"_{fault}")(call)
        await super().usual(call)

    def _drawn(self, call: Call) -> str | None:
        """What goes wrong with this step; a server that fails for long is another story."""
        is_busy = bool(self._restarts) or call.method == "DELETE"
        if self.calm or is_busy or self._left == 0 or self.random.random() > 0.2:
            return None
        self._left -= 1
        faults = ["restarted", "died", "gone"] + ([] if self.modern else ["expired"] * 2)
        return self.random.choice(faults)

    async def _expired(self, call: Call) -> None:
        """Every session is forgotten; this request is the first to hear of it, if it has one."""
        self.lost.update(self.sessions)

    async def _restarted(self, call: Call) -> None:
        """Another process has the port by now, which knows no session; connections are torn."""
        self._tear(call)
        call.reset()

    async def _died(self, call: Call) -> None:
        """Restarted in the middle of the work or of the answer to it."""
        if call.method == "tools/call" and self.random.random() < 0.5:
            self._carry_out(call)
            if self.random.random() < 0.5:
                await call.head(200, length=1000)
                await call.raw(b'{"jsonrpc":"2.0"')
        self._tear(call)
        call.reset()

    async def _gone(self, call: Call) -> None:
        """Nobody listens for a moment."""
        # A task of its own, which no other fault ends half way.
        going = asyncio.create_task(self._go(self.random.uniform(0.0, 0.15)))
        self._restarts.add(going)
        going.add_done_callback(self._restarts.discard)
        self._tear(call)
        call.reset()

    async def _go(self, pause: float) -> None:
        # What has been accepted is served first: the loop would forget it, and leave it open.
        asyncio.get_running_loop().remove_reader(self._server.sockets[0].fileno())
        for _ in range(3):
            await asyncio.sleep(0)
        self._server.close()
        await asyncio.sleep(pause)
        await self.start(self.port)

    def _tear(self, call: Call) -> None:
        self.lost.update(self.sessions)
        own = asyncio.current_task()
        for task in list(self._open):
            if task is not own:
                task.cancel()

    async def settled(self) -> None:
        """Returns when it listens again."""
        self.calm = True
        await asyncio.gather(*self._restarts)

    @staticmethod
    def refused_with(error: dict) -> bool:
        """Whether an error is one with which it says that it does not know a session."""
        return any((error["code"], error["message"]) == refusal[1:] for refusal in REFUSALS)

    # Serving

    def _carry_out(self, call: Call) -> int:
        number = call.message["params"]["arguments"]["n"]
        self.done[number] += 1
        return number

    async def _refused(self, call: Call) -> bool:
        session = call.header("mcp-session-id")
        if self.modern or call.method == "initialize" or session not in self.lost:
            return False
        status, code, message = self.random.choice(REFUSALS)
        if "id" not in call.message:
            status = 404
        await call.json(call.error(code, message), status)
        return True

    async def _legacy(self, call: Call) -> None:
        if call.message and "method" not in call.message:
            return await self._heard(call)
        if await self._refused(call):
            return
        await super()._legacy(call)

    async def _request(self, call: Call) -> None:
        if call.method == "tools/list":
            hints = {"ttlMs": 0, "cacheScope": "private"} if self.modern else {}
            return await call.json(call.response({"tools": TOOLS, **hints}))
        if call.method != "tools/call":
            return await super()._request(call)
        if call.message["params"]["name"] == "ask":
            return await (self._ask_in_answer(call) if self.modern else self._ask(call))
        await self._answer_work(call, self._carry_out(call))

    async def _answer_work(self, call: Call, number: int) -> None:
        result = call.response(text(f"{self.name} {number}"))
        if self.random.random() < 0.5:
            return await call.json(result)
        await call.stream(result)
        await call.end()

    async def _ask(self, call: Call) -> None:
        """Asks on the stream of the call; the answer comes with a request of its own."""
        number = call.message["params"]["arguments"]["n"]
        future = self._questions[number] = asyncio.get_running_loop().create_future()
        await call.stream({"jsonrpc": "2.0", "id": number, "method": "elicitation/create", "params": form(number)})
        said = await future
        self.done[number] += 1
        await call.event(call.response(text(f"{self.name} {number} {said}")))
        await call.end()

    async def _heard(self, call: Call) -> None:
        future = self._questions.pop(call.message["id"], None)
        if future is not None and not future.done():
            result = call.message.get("result", {})
            future.set_result(result.get("content", {}).get("n", result.get("action", "error")))
        await call.json(None, 202)

    async def _ask_in_answer(self, call: Call) -> None:
        params = call.message["params"]
        number, answers = params["arguments"]["n"], params.get("inputResponses")
        if answers is None:
            asked = {"q": {"method": "elicitation/create", "params": form(number)}}
            result = {"resultType": "input_required", "inputRequests": asked, "requestState": f"s{number}"}
            return await call.json({"jsonrpc": "2.0", "id": call.id, "result": result})
        self.done[number] += 1
        said = answers["q"].get("content", {}).get("n", answers["q"].get("action"))
        await call.json(call.response(text(f"{self.name} {number} {said} {params.get('requestState')}")))

    async def close(self) -> None:
        await self.settled()
        await super().close()


def form(number: int) -> dict:
    """The question of the work with this number."""
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    return {"mode": "form", "message": f"#{number}", "requestedSchema": schema}


def filled(params: dict) -> dict:
    """What a user answers to it."""
    return {"action": "accept", "content": {"n": int(params["message"].rpartition("#")[2])}}


def pair() -> list[Faulty]:
    """One upstream of each era."""
    return [Faulty("2025-11-25", "older"), Faulty(MODERN, "newer")]
