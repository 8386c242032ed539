"""The demo's client: the official Python SDK, showing step by step what one server offers.

It stands for an editor: it knows one server, and nothing of those behind it.
"""

import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time

from mcp import ClientSession, StdioServerParameters, types
from mcp.client.stdio import stdio_client

ANSWER = {"name": "Ada", "age": 36, "subscribe": True, "colour": "blue"}
COLOUR = sys.stdout.isatty() and "NO_COLOR" not in os.environ


class Demo:
    """The steps, and what the client answers when a server asks."""

    def __init__(self, config: str, command: list[str]):
        self.config = config
        self.command = command
        self.step = 0
        self.questions: list[str] = []

    def heading(self, text: str) -> None:
        self.step += 1
        title = f"{self.step}. {text}"
        print(f"\n\033[1m{title}\033[0m" if COLOUR else f"\n{title}", flush=True)

    async def run(self, log) -> None:
        self.show_configuration("A configuration with three servers")
        async with self.connected(log, elicitation_callback=self.answer) as session:
            await self.show_catalog(session)
            await self.call_each(session)
            await self.watch_progress(session)
            await self.be_asked(session)

    def show_configuration(self, heading: str) -> None:
        self.heading(heading)
        with open(self.config) as file:
            for line in file:
                print(f"   {line}", end="")

    @contextlib.asynccontextmanager
    async def connected(self, log, **callbacks):
        """A session with the one server that the client knows."""
        server = StdioServerParameters(
            command=self.command[0], args=self.command[1:], env=dict(os.environ)
        )
        async with stdio_client(server, errlog=log) as streams:
            async with ClientSession(*streams, **callbacks) as session:
                await session.initialize()
                yield session

    async def show_catalog(self, session: ClientSession) -> None:
        self.heading("Started by the client as one server, it has the tools of all three")
        tools = await self.wait_for_all(session, "red", "blue", "clock")
        for upstream in ("red", "blue", "clock"):
            names = [name for name in tools if name.startswith(upstream + "__")]
            more = ", …" if len(names) > 3 else ""
            print(f"   {upstream:6}{len(names):3} tools   {', '.join(names[:3])}{more}")
            check(len(names) >= 2, f"'{upstream}' has no tools")
        prompts = (await session.list_prompts()).prompts
        resources = (await session.list_resources()).resources
        print(f"   and {len(prompts)} prompts and {len(resources)} resources.")
        check(len(prompts) == 6 and len(resources) == 6, "prompts or resources are missing")

    async def wait_for_all(self, session: ClientSession, *servers: str) -> list[str]:
        """Servers may come up one after the other; nobody waits for the slowest."""
        for _ in range(600):
            tools = [tool.name for tool in (await session.list_tools()).tools]
            if {name.split("__")[0] for name in tools} == set(servers):
                return tools
            await asyncio.sleep(0.1)
        raise Mistake("not every server came up")

    async def call_each(self, session: ClientSession) -> None:
        self.heading("A call to each of them, all at once")
        noon = {"source_timezone": "UTC", "time": "12:00", "target_timezone": "Asia/Tokyo"}
        calls = {
            "red__echo": ({"text": "Hello from red."}, "Hello from red."),
            "blue__weather": ({"city": "Oslo"}, '"degrees":21.50'),
            "clock__convert_time": (noon, "T21:00:00+09:00"),
        }
        answers = await asyncio.gather(
            *(session.call_tool(name, arguments) for name, (arguments, _) in calls.items())
        )
        for (name, (_, expected)), answer in zip(calls.items(), answers):
            check(expected in text(answer), f"'{name}' answered something else")
            print(f"   {name:20} {excerpt(text(answer), expected)}")

    async def watch_progress(self, session: ClientSession) -> None:
        self.heading("A slow tool that says how far it is")
        seen = []

        async def progress(done: float, total: float | None, message: str | None) -> None:
            seen.append(done)
            bar = "#" * round(40 * done / total)
            end = "" if COLOUR and done < total else "\n"
            if COLOUR or done in (1, total):
                print(f"\r   [{bar:<40}] {message}", end=end, flush=True)

        answer = await session.call_tool(
            "red__slow", {"steps": 20, "delay": 60}, progress_callback=progress
        )
        print(f"   {text(answer)}")
        check(seen == list(range(1, 21)), "a step was not reported")

    async def be_asked(self, session: ClientSession) -> None:
        self.heading("A tool that asks the user, through the same one server")
        answer = await session.call_tool("blue__ask", {"message": "Who is there?"})
        print(f"   result    {text(answer)}")
        check(len(self.questions) == 1, "the question did not arrive")
        check("blue" in self.questions[0], "the question does not say who asks")
        check(json.loads(text(answer).removeprefix("accept: ")) == ANSWER, "the answer got lost")

    async def answer(self, _, question: types.ElicitRequestParams) -> types.ElicitResult:
        self.questions.append(question.message)
        print(f"   question  {question.message}")
        print(f"   form      {', '.join(question.requestedSchema['properties'])}")
        print(f"   answer    {', '.join(str(value) for value in ANSWER.values())}")
        return types.ElicitResult(action="accept", content=ANSWER)


class Mistake(Exception):
    """A step gave something else than it should."""


def check(is_right: bool, otherwise: str) -> None:
    if not is_right:
        raise Mistake(otherwise)


def excerpt(answer: str, expected: str) -> str:
    """The part of a long answer that matters."""
    line = " ".join(answer.split())
    end = line.find(expected) + len(expected)
    start = max(0, end - 60)
    return f"{'… ' if start else ''}{line[start:end]}{' …' if end < len(line) else ''}"


def text(result: types.CallToolResult) -> str:
    return result.content[0].text


def main(demo: Demo, seconds: float = 30) -> int:
    start = time.monotonic()
    with tempfile.TemporaryFile("w+") as log:
        try:
            asyncio.run(asyncio.wait_for(demo.run(log), seconds))
        except BaseException as error:
            while isinstance(error, BaseExceptionGroup):
                error = error.exceptions[0]
            log.seek(0)
            reason = str(error) or type(error).__name__
            print(f"\ndemo: step {demo.step} failed: {reason}.\n{log.read()}", file=sys.stderr)
            return 1
    print(f"\nAll {demo.step} steps did what they should, in {time.monotonic() - start:.1f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main(Demo(sys.argv[1], sys.argv[2:])))
