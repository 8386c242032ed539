"""What an application does with the official SDK, 1.x or 2.x: a tour of everything that is served.

Arguments: a JSON object with `command`, `args`, `env`, the `calls` to make ([name, arguments] each),
the `sdk` prefixes of servers made by servers/sdk.py, and for 2.x the connection `mode`.
Prints one JSON object of what it met.
"""

import asyncio
import json
import sys

import mcp
from mcp import StdioServerParameters, types

plan = json.loads(sys.argv[1])
met = {"calls": {}, "logs": [], "progress": {}, "asked": [], "changed": []}
parameters = StdioServerParameters(command=plan["command"], args=plan["args"], env=plan["env"])
modern = hasattr(mcp, "Client")


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
        call = asyncio.create_task(session.call_tool(f"{prefix}__linger", {}, progress_callback=progress))
        await begun.wait()
        call.cancel()
    else:
        call = asyncio.create_task(session.call_tool(f"{prefix}__linger", {}, progress_callback=progress))
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
        met["calls"][f"{prefix}__{tool}"] = plain(
            await session.call_tool(f"{prefix}__{tool}", arguments or {}, **options)
        )

    tools = [
        ("echo", {"text": "é\u2028"}),
        ("add", {"a": 2**53, "b": 1}),
        ("picture", {}),
        ("fail", {}),
        ("elicit", {}),
    ]
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
    await session.set_logging_level("debug")
    parallel = [
        session.call_tool(f"{plan['sdk'][n % len(plan['sdk'])]}__echo", {"text": f"#{n}"}) for n in range(100)
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
        if name.endswith("__greet")
    ]
    await session.send_ping()


async def main() -> None:
    callbacks = dict(
        sampling_callback=sampling,
        elicitation_callback=elicitation,
        list_roots_callback=roots,
        logging_callback=logging,
    )
    if modern:
        async with mcp.Client(parameters, mode=plan["mode"], **callbacks) as session:
            met["version"] = session.protocol_version
            await tour(session)
    else:
        from mcp.client.stdio import stdio_client

        async with stdio_client(parameters) as streams, mcp.ClientSession(*streams, **callbacks) as session:
            met["version"] = (await session.initialize()).protocolVersion
            await tour(session)
    print(json.dumps(met))


asyncio.run(main())
