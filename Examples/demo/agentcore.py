"""The demo's second client: what is behind Manifold is an AgentCore now, a local one."""

import asyncio
import json
import sys
import urllib.request

from client import Demo, check, excerpt, main, text
from mcp import ClientSession, types

CALLS = {
    "weather__forecast": ({"city": "Oslo"}, "Tomorrow in Oslo"),
    "notes__remember": ({"note": "milk"}, "1 notes: milk"),
    "story__echo": ({"text": "Hello through the bridge."}, "Hello through the bridge."),
    "maths__calc___echo": ({"text": "Hello through the gateway."}, "Hello through the gateway."),
    "crm__desk___echo": ({"text": "Hello with a token."}, "Hello with a token."),
}


class AgentCoreDemo(Demo):
    """Two runtimes, a bridge and two gateways behind one server."""

    def __init__(self, config: str, command: list[str], endpoint: str):
        super().__init__(config, command)
        self.endpoint = endpoint
        self.sampled: list[str] = []

    async def run(self, log) -> None:
        self.show_configuration(
            "An AgentCore on this machine, and what 'manifold emulate' said to write"
        )
        async with self.connected(log, sampling_callback=self.sample) as session:
            await self.show_catalog(session)
            await self.call_each(session)
            await self.ask_the_model(session)
            await self.lose_a_machine(session)

    async def show_catalog(self, session: ClientSession) -> None:
        self.heading("Two runtimes, a bridge and two gateways are one server")
        servers = ("weather", "notes", "story", "maths", "crm")
        tools = await self.wait_for_all(session, *servers)
        for server in servers:
            names = [name for name in tools if name.startswith(server + "__")]
            more = ", …" if len(names) > 2 else ""
            print(f"   {server:8}{len(names):3} tools   {', '.join(names[:2])}{more}")

    async def call_each(self, session: ClientSession) -> None:
        self.heading("A call to each of them, signed or with a token, all at once")
        answers = await asyncio.gather(
            *(session.call_tool(name, arguments) for name, (arguments, _) in CALLS.items())
        )
        for (name, (_, expected)), answer in zip(CALLS.items(), answers):
            check(expected in text(answer), f"'{name}' answered '{text(answer)}'")
            print(f"   {name:20} {excerpt(text(answer), expected)}")

    async def ask_the_model(self, session: ClientSession) -> None:
        self.heading("A tool behind the bridge that asks the client's model")
        answer = await session.call_tool("story__sample", {"prompt": "Say something."})
        check(len(self.sampled) == 1, "the question did not arrive")
        check("a model's words" in text(answer), f"the answer got lost: '{text(answer)}'")
        print(f"   result    {text(answer)}")

    async def sample(self, _, question: types.CreateMessageRequestParams) -> types.CreateMessageResult:
        self.sampled.append(str(question.messages[0].content))
        print("   question  for the model")
        words = types.TextContent(type="text", text="a model's words")
        return types.CreateMessageResult(role="assistant", content=words, model="none")

    async def lose_a_machine(self, session: ClientSession) -> None:
        self.heading("A machine that AgentCore takes away; the client notices nothing")
        fault = json.dumps({"kind": "kill", "target": "notes"}).encode()
        urllib.request.urlopen(f"{self.endpoint}/_emulator/faults", fault).close()
        answer = await session.call_tool("notes__remember", {"note": "eggs"})
        check(not answer.isError, f"the call failed: '{text(answer)}'")
        check(text(answer) == "1 notes: eggs", f"'notes' answered '{text(answer)}'")
        print(f"   notes__remember      {text(answer)}   (a fresh machine, the same session)")


if __name__ == "__main__":
    sys.exit(main(AgentCoreDemo(sys.argv[2], sys.argv[3:], sys.argv[1]), seconds=90))
