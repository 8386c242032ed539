"""What an application does with the official SDK, 1.x or 2.x, or FastMCP: a tour of all that is served.

Arguments: a JSON object with `command`, `args`, `env`, or a `url`; the `calls` to make ([name,
arguments] each); the `sdk` prefixes of servers made by servers/sdk.py (empty for the server itself),
which of them `asks` (sampling and roots) and `elicits`; whether to set a log `level`; for 2.x the
connection `mode`; and `fastmcp` when FastMCP's client is to be used. Prints one JSON object of what it met.
"""

import asyncio
import contextlib
import json
import sys

import mcp
from mcp import StdioServerParameters, types

plan = json.loads(sys.argv[1])
met = {"calls": {}, "logs": [], "progress": {}, "asked": [], "changed": []}
modern = hasattr(mcp, "Client")


def place():
    """Where the tour goes: an address, or a program to start."""
    if "url" in plan:
        return plan["url"]
    return StdioServerParameters(command=plan["command"], args=plan["args"], env=plan["env"])


def named(prefix: str, name: str) -> str:
    return f"{prefix}__{name}" if prefix else name


def plain(model) -> dict:
    """A model as it would stand on the wire."""
    return model.model_dump(by_alias=True, mode="json", exclude_none=True)


def text(result) -> str:
    return result.content[0].text


async def sampling(context, params):
    met["asked"].append("sampling")
    return types.CreateMessageResult(
        role="assistant", model="m", content=types.TextContent(type="text", text="sampled")
    )


async def elicitation(context, params):
    met["asked"].append(params.message)
    return types.ElicitResult(action="accept", content={"name": "Ada"})


async def roots(context):
    met["asked"].append("roots")
    return types.ListRootsResult(roots=[types.Root(uri="file:///tour")])


async def logging(params):
    met["logs"].append(plain(params))


async def cancelled_call(session, prefix: str) -> None:
    """Begins a call that would never end and takes it back once it has begun."""
    begun = asyncio.Event()

    async def progress(*_):
        begun.set()

    if modern:
        call = asyncio.create_task(session.call_tool(named(prefix, "linger"), {}, progress_callback=progress))
        await begun.wait()
        call.cancel()
    else:
        call = asyncio.create_task(session.call_tool(named(prefix, "linger"), {}, progress_callback=progress))
        await begun.wait()
        id = next(id for id, callback in session._progress_callbacks.items() if callback is progress)
        await session.send_notification(
            types.ClientNotification(
                types.CancelledNotification(
                    method="notifications/cancelled", params=types.CancelledNotificationParams(requestId=id)
                )
            )
        )
        call.cancel()
    await asyncio.gather(call, return_exceptions=True)


async def sdk_server(session, prefix: str) -> None:
    """Everything a server made with an SDK offers, at once."""
    steps = met["progress"].setdefault(prefix, [])

    async def progress(value, total, message):
        steps.append([value, total, message])

    async def call(tool: str, arguments: dict | None = None, **options):
        name = named(prefix, tool)
        met["calls"][name] = plain(await session.call_tool(name, arguments or {}, **options))

    tools = [
        ("echo", {"text": "é\u2028"}),
        ("add", {"a": 2**53, "b": 1}),
        ("picture", {}),
        ("fail", {}),
    ]
    if prefix in plan.get("elicits", plan["sdk"]):
        tools += [("elicit", {})]
    if prefix in plan["asks"]:
        tools += [("sample", {}), ("roots", {})]
    await asyncio.gather(
        call("slow", {"steps": 5}, progress_callback=progress),
        cancelled_call(session, prefix),
        *(call(tool, arguments) for tool, arguments in tools),
    )


async def tour(session) -> None:
    met["tools"] = [tool.name for tool in (await session.list_tools()).tools]
    met["prompts"] = [prompt.name for prompt in (await session.list_prompts()).prompts]
    met["resources"] = [str(resource.uri) for resource in (await session.list_resources()).resources]
    templates = plain(await session.list_resource_templates())["resourceTemplates"]
    met["templates"] = [template["uriTemplate"] for template in templates]
    sessions = met["version"] < "2026"
    if sessions and plan.get("level", True):
        await session.set_logging_level("debug")
    parallel = [
        session.call_tool(named(plan["sdk"][n % len(plan["sdk"])], "echo"), {"text": f"#{n}"})
        for n in range(100)
    ]
    results = asyncio.gather(*parallel)
    await asyncio.gather(*(sdk_server(session, prefix) for prefix in plan["sdk"]))
    met["parallel"] = [text(result) for result in await results]
    for name, arguments in plan["calls"]:
        met["calls"][name] = plain(await session.call_tool(name, arguments))
    met["read"] = [plain(await session.read_resource(uri))["contents"] for uri in met["resources"]]
    met["prompt"] = [
        plain(await session.get_prompt(name, {"who": "Ada"}))
        for name in met["prompts"]
        if name.endswith("greet")
    ]
    if sessions:
        await session.send_ping()


CALLBACKS = dict(
    sampling_callback=sampling,
    elicitation_callback=elicitation,
    list_roots_callback=roots,
    logging_callback=logging,
)


@contextlib.asynccontextmanager
async def first_generation():
    from mcp.client.stdio import stdio_client
    from mcp.client.streamable_http import streamable_http_client

    opened = streamable_http_client(plan["url"]) if "url" in plan else stdio_client(place())
    async with opened as streams, mcp.ClientSession(*streams[:2], **CALLBACKS) as session:
        met["version"] = (await session.initialize()).protocolVersion
        yield session


@contextlib.asynccontextmanager
async def second_generation():
    async with mcp.Client(place(), mode=plan["mode"], log_level="debug", **CALLBACKS) as session:
        met["version"] = session.protocol_version
        yield session


class Fast:
    """FastMCP's client with the names of the official one."""

    def __init__(self, client):
        self.list_tools, self.list_prompts = client.list_tools_mcp, client.list_prompts_mcp
        self.list_resources, self.read_resource = client.list_resources_mcp, client.read_resource_mcp
        self.list_resource_templates, self.get_prompt = client.list_resource_templates_mcp, client.get_prompt_mcp
        self.set_logging_level, self.send_ping = client.set_logging_level, client.ping
        self._client = client

    def call_tool(self, name: str, arguments: dict, progress_callback=None):
        return self._client.call_tool_mcp(name, arguments, progress_handler=progress_callback)


@contextlib.asynccontextmanager
async def fast_generation():
    import fastmcp

    async def answered(message, kind, params, context):
        return await elicitation(context, params)

    async def sampled(messages, params, context):
        return await sampling(context, params)

    async def rooted(context):
        met["asked"].append("roots")
        return ["file:///tour"]

    client = fastmcp.Client(
        place(),
        mode=plan["mode"],
        elicitation_handler=answered,
        sampling_handler=sampled,
        roots=rooted,
        log_handler=logging,
    )
    async with client:
        met["version"] = client.protocol_version
        yield Fast(client)


async def main() -> None:
    client = fast_generation if plan.get("fastmcp") else second_generation if modern else first_generation
    async with client() as session:
        await tour(session)
    print(json.dumps(met))


asyncio.run(main())
