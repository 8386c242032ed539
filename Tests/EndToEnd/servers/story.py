"""Tools that tell their progress, write logs and ask the client in between, many at a time.

What each says carries the tag of its call, so that whatever reaches the wrong place is seen.
"""

import json

from raw import Call, Server, text

server = Server("story", {"tools": {}, "logging": {}})


def log(call: Call, step: str) -> None:
    data = {"tag": call.arguments["tag"], "step": step}
    server.notify("notifications/message", {"level": "info", "data": data})


def finish(call: Call, answer: dict) -> None:
    if call.token is not None:
        call.progress(2, 2, call.arguments["tag"])
    log(call, "end")
    call.reply(text(f"{call.arguments['tag']}: {json.dumps(answer['result'], sort_keys=True)}"))


@server.tool("sample")
def sample(call: Call):
    """Asks for a text about its tag and answers with what it got."""
    if call.token is not None:
        call.progress(1, 2, call.arguments["tag"])
    log(call, "begin")
    content = {"type": "text", "text": call.arguments["tag"]}
    params = {"messages": [{"role": "user", "content": content}], "maxTokens": 10}
    server.ask("sampling/createMessage", params, lambda answer: finish(call, answer))


@server.tool("elicit")
def elicit(call: Call):
    """Asks its user for something and answers with what it got."""
    log(call, "begin")
    params = {"message": call.arguments["tag"], "requestedSchema": {"type": "object", "properties": {}}}
    server.ask("elicitation/create", params, lambda answer: finish(call, answer))


@server.tool("echo")
def echo(call: Call):
    """Says its tag, in the midst of noise."""
    if call.token is not None:
        call.progress(1, 1, call.arguments["tag"])
    log(call, "echo")
    return call.arguments["tag"]


server.run()
