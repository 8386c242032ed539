"""Every kind of thing a server can offer, made of plain bytes: the fixture of most tests."""

import base64
import json
import os
import sys

from raw import Call, Failure, Server, options, tell, text

choice = options(name="kinds", pages=1, logging=True, instructions="Ask for anything.", uri="memo://")
server = Server(
    choice["name"],
    instructions=choice["instructions"],
    capabilities={
        "tools": {"listChanged": True},
        "prompts": {"listChanged": True},
        "completions": {},
        "resources": {"subscribe": True, "listChanged": True},
        **({"logging": {}} if choice["logging"] else {}),
    },
)
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
ICON = {"src": f"data:image/png;base64,{PIXEL}", "mimeType": "image/png", "sizes": ["1x1"]}


# Kinds of result


@server.tool(
    "echo",
    title="Echo",
    icons=[ICON],
    annotations={"readOnlyHint": True, "title": "Echo"},
    _meta={"vendor/x": {"1.0": 1.0}},
)
def echo(call: Call):
    """Says it again."""
    return text(str(call.arguments.get("text", "")))


@server.tool("same")
def same(call: Call):
    """The arguments' own bytes as the result."""
    return call.raw_arguments


@server.tool("mirror")
def mirror(call: Call):
    """The line as it arrived, base64."""
    return text(base64.b64encode(call.line).decode())


@server.tool("image")
def image(call: Call):
    return {"content": [{"type": "image", "data": PIXEL, "mimeType": "image/png"}]}


@server.tool("audio")
def audio(call: Call):
    return {"content": [{"type": "audio", "data": "UklGRg==", "mimeType": "audio/wav"}]}


@server.tool(
    "structured",
    outputSchema={
        "type": "object",
        "$defs": {"n": {"$anchor": "n", "type": "integer"}},
        "properties": {"sum": {"$ref": "#/$defs/n"}},
        "additionalProperties": False,
    },
)
def structured(call: Call):
    value = {"sum": 9007199254740993, "extra": None}
    return text(json.dumps(value), structuredContent=value, _meta={"vendor/trace": "t-1"})


@server.tool(
    "mismatch",
    outputSchema={"type": "object", "required": ["sum"], "properties": {"sum": {"type": "integer"}}},
)
def mismatch(call: Call):
    return {
        "content": [],
        "structuredContent": {"sum": "not a number"},
        "isError": bool(call.arguments.get("error")),
    }


@server.tool("empty")
def empty(call: Call):
    return {
        "content": [],
        "structuredContent": None,
        "_meta": None,
        "arguments": "arguments" in json.loads(call.line)["params"],
    }


@server.tool("links")
def links(call: Call):
    uri = choice["uri"] + "note"
    return {
        "content": [
            {"type": "resource_link", "uri": uri, "name": "note"},
            {"type": "resource", "resource": {"uri": uri, "text": "note"}},
        ]
    }


@server.tool("fail")
def fail(call: Call):
    return text("it did not work", isError=True)


@server.tool("refuse")
def refuse(call: Call):
    raise Failure(call.arguments.get("code", -32050), "refused on purpose", {"why": [1.0, 2**63]})


@server.tool("huge")
def huge(call: Call):
    tell("huge")
    block = b"0123456789abcdef" * 4096
    size = call.arguments["bytes"]
    return b'{"content":[{"type":"text","text":"' + (block * (size // len(block) + 1))[:size] + b'"}]}'


@server.tool("who")
def who(call: Call):
    """The process as it finds itself."""
    facts = {"pid": os.getpid(), "cwd": os.getcwd(), "environment": dict(os.environ), "client": server.client}
    return text(json.dumps(facts), structuredContent=facts)


# Calls that stay open


@server.tool("hold")
def hold(call: Call):
    """Answers when released, or never when cancelled."""
    if call.token is not None:
        call.progress(1)


@server.tool("release")
def release(call: Call):
    for held in [c for c in server.calls.values() if c.name == "hold" and c.arguments == call.arguments]:
        held.reply(text(f"released {held.arguments.get('tag')}"))
    return "done"


@server.tool("answer_anyway")
def answer_anyway(call: Call):
    """Answers a request id whatever became of it."""
    server.reply(call.arguments["id"], text("too late"))
    return "done"


@server.tool("slow")
def slow(call: Call):
    """Reports `steps` steps of progress and as many log lines before its result."""
    for step in range(1, call.arguments.get("steps", 3) + 1):
        if call.token is not None:
            call.progress(step, call.arguments.get("steps", 3), f"step {step}")
        server.notify("notifications/message", {"level": "info", "logger": "slow", "data": {"step": step}})
    return "done"


@server.tool("afterthought")
def afterthought(call: Call):
    """Progress for a token nobody gave, then the result, then progress that comes too late."""
    server.notify("notifications/progress", {"progressToken": "nobody", "progress": 1})
    call.reply(text("done"))
    call.progress(99)


# Asking the client


@server.tool("ask")
def ask(call: Call):
    """Asks what it is told to ask and returns the answer."""
    asked = server.ask(
        call.arguments["method"],
        call.arguments.get("params"),
        lambda answer: call.reply(text(json.dumps(answer))),
        call.arguments.get("id"),
    )
    tell("asked", id=asked, call=call.id)


@server.tool("ask_with_my_id")
def ask_with_my_id(call: Call):
    """Asks under the very id of the call it is answering."""
    server.ask("roots/list", None, lambda answer: call.reply(text(json.dumps(answer))), call.id)


@server.tool("ask_and_withdraw")
def ask_and_withdraw(call: Call):
    """Asks, then takes the question back when told to."""
    asked = server.ask(
        "elicitation/create",
        {"message": "Never mind", "requestedSchema": {"type": "object", "properties": {}}},
        lambda answer: None,
        "withdrawn-" + str(call.id),
    )
    server.withdrawn = asked
    return "asked"


@server.tool("withdraw")
def withdraw(call: Call):
    server.notify("notifications/cancelled", {"requestId": server.withdrawn, "reason": "never mind"})
    return "withdrawn"


# Saying things unasked


@server.tool("notify")
def notify(call: Call):
    for _ in range(call.arguments.get("times", 1)):
        server.notify(call.arguments["method"], call.arguments.get("params"))
    return "done"


@server.tool("emit")
def emit(call: Call):
    """Writes these very bytes, then answers."""
    server.write(base64.b64decode(call.arguments["bytes"]))
    return "done"


@server.tool("emit_only")
def emit_only(call: Call):
    """Writes these very bytes and never answers."""
    server.write(base64.b64decode(call.arguments["bytes"]))


@server.tool("complain")
def complain(call: Call):
    """Fills standard error."""
    line = b"x" * 1023 + b"\n"
    for _ in range(call.arguments["bytes"] // 1024):
        os.write(2, line)
    return "done"


@server.tool("die")
def die(call: Call):
    os._exit(call.arguments.get("code", 3))


# Lists that change


@server.tool("grow")
def grow(call: Call):
    """One more tool, announced."""
    server.tools[call.arguments["name"]] = (
        {"name": call.arguments["name"], "inputSchema": {"type": "object"}},
        echo,
    )
    server.notify("notifications/tools/list_changed")
    return "grown"


@server.tool("shrink")
def shrink(call: Call):
    """One tool less, announced."""
    server.tools.pop(call.arguments["name"])
    server.notify("notifications/tools/list_changed")
    return "shrunk"


def paged(key: str, items: list[dict], message: dict) -> dict:
    """One of `pages` pages, by a cursor that only this server understands."""
    cursor = (message.get("params") or {}).get("cursor")
    if cursor is not None and not cursor.startswith("page:"):
        raise Failure(-32602, f"Invalid cursor: {cursor}")
    page, pages = int(cursor[5:]) if cursor else 0, choice["pages"]
    size = -(-len(items) // pages)
    result = {key: items[page * size : (page + 1) * size]}
    return result | ({"nextCursor": f"page:{page + 1}"} if page + 1 < pages else {})


server.on("tools/list")(lambda m: paged("tools", [fields for fields, _ in server.tools.values()], m))


# Prompts, resources, completions, logging

PROMPTS = [
    {"name": "greet", "title": "Greet", "arguments": [{"name": "who", "required": True}]},
    {"name": "plain"},
]
server.on("prompts/list")(lambda m: paged("prompts", PROMPTS, m))


@server.on("prompts/get")
def get_prompt(message: dict):
    name, given = message["params"]["name"], message["params"].get("arguments", {})
    if name not in ("greet", "plain"):
        raise Failure(-32602, f"Unknown prompt: {name}")
    said = f"Greet {given.get('who', 'nobody')}"
    return {"description": name, "messages": [{"role": "user", "content": {"type": "text", "text": said}}]}


NOTE = choice["uri"] + "note"
RESOURCES = [
    {"uri": NOTE, "name": "note", "mimeType": "text/plain", "size": 4},
    {"uri": choice["uri"] + "blob", "name": "blob"},
]
server.on("resources/list")(lambda m: paged("resources", RESOURCES, m))
server.on("resources/templates/list")(
    lambda m: paged(
        "resourceTemplates", [{"uriTemplate": choice["uri"] + "by-name/{name}", "name": "by-name"}], m
    )
)


@server.on("resources/read")
def read(message: dict):
    uri = message["params"]["uri"]
    if uri == NOTE:
        return {"contents": [{"uri": uri, "mimeType": "text/plain", "text": f"note of {choice['name']}"}]}
    if uri == choice["uri"] + "blob":
        return {"contents": [{"uri": uri, "blob": PIXEL}]}
    if uri.startswith(choice["uri"] + "by-name/"):
        return {"contents": [{"uri": uri, "text": uri.rsplit("/", 1)[1]}]}
    raise Failure(-32002, "Resource not found", {"uri": uri})


server.on("resources/subscribe")(lambda m: {})
server.on("resources/unsubscribe")(lambda m: {})


@server.on("completion/complete")
def complete(message: dict):
    params = message["params"]
    values = [f"{params['ref'].get('name') or params['ref'].get('uri')}:{params['argument']['value']}"]
    return {"completion": {"values": values, "total": 1, "hasMore": False}}


@server.on("logging/setLevel")
def set_level(message: dict):
    if not choice["logging"]:
        raise Failure(-32601, "Method not found: logging/setLevel")
    return {}


if __name__ == "__main__":
    sys.setrecursionlimit(100_000)
    server.run()
