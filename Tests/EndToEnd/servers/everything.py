"""The reference on mcp 2.x: everything that the conformance scenarios ask a server for.

It listens on a port of its own and serves `both` eras of the protocol (the default), `legacy` or
`modern`, whichever is its argument; with `stdio` it speaks on standard input and output instead.
"""

import base64
import json
import sys
import warnings
from typing import Annotated

from mcp.server.mcpserver import Context, MCPServer, RequestStateSecurity
from mcp.server.mcpserver.prompts.base import Prompt, UserMessage
from mcp.server.streamable_http import EventMessage, EventStore
from mcp.shared.exceptions import MCPError
from mcp.types import (
    MISSING_REQUIRED_CLIENT_CAPABILITY,
    AudioContent,
    Completion,
    CreateMessageRequest,
    CreateMessageRequestParams,
    ElicitRequest,
    ElicitRequestFormParams,
    EmbeddedResource,
    EmptyResult,
    ImageContent,
    InputRequiredResult,
    ListRootsRequest,
    SamplingMessage,
    SetLevelRequestParams,
    SubscribeRequestParams,
    TextContent,
    TextResourceContents,
    UnsubscribeRequestParams,
)
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS
from pydantic import Field

import everything_data as data
from listening import only, serve

warnings.filterwarnings("ignore", message=".*deprecated.*")
MODERN = "2026-07-28"
server = MCPServer(
    "everything",
    version="2",
    request_state_security=RequestStateSecurity(keys=[b"a fixed key that no other server has"]),
)


class Events(EventStore):
    """Every event of every stream, so that a dropped stream can be taken up again."""

    def __init__(self):
        self.all = []

    async def store_event(self, stream_id, message):
        self.all.append((stream_id, message))
        return str(len(self.all))

    async def replay_events_after(self, last_event_id, send_callback):
        index = int(last_event_id)
        stream = self.all[index - 1][0]
        for number, (owner, message) in enumerate(self.all[index:], index + 1):
            if owner == stream and message is not None:
                await send_callback(EventMessage(message, str(number)))
        return stream


def embedded(uri: str, text: str, kind: str = "text/plain") -> EmbeddedResource:
    return EmbeddedResource(
        type="resource", resource=TextResourceContents(uri=uri, mime_type=kind, text=text)
    )


def picture() -> ImageContent:
    return ImageContent(type="image", data=data.PIXEL, mime_type="image/png")


def said(text: str) -> SamplingMessage:
    return SamplingMessage(role="user", content=TextContent(type="text", text=text))


# Kinds of result


@server.tool()
def test_simple_text() -> str:
    """A text."""
    return data.TEXT


@server.tool()
def test_image_content() -> list[ImageContent]:
    """An image."""
    return [picture()]


@server.tool()
def test_audio_content() -> list[AudioContent]:
    """A sound."""
    return [AudioContent(type="audio", data=data.SOUND, mime_type="audio/wav")]


@server.tool()
def test_embedded_resource() -> list[EmbeddedResource]:
    """A resource inside the result."""
    return [embedded("test://embedded-resource", "Embedded.")]


@server.tool()
def test_multiple_content_types() -> list[TextContent | ImageContent | EmbeddedResource]:
    """A text, an image and a resource."""
    text = TextContent(type="text", text="Three kinds:")
    return [text, picture(), embedded("test://mixed", '{"value": 123}', "application/json")]


@server.tool()
def test_error_handling() -> str:
    """Fails."""
    raise RuntimeError("it fails on purpose")


@server.tool()
def json_schema_2020_12_tool() -> str:
    """Has the schema whose keywords get lost."""
    return "fine"


server._tool_manager._tools["json_schema_2020_12_tool"].parameters = data.SCHEMA


@server.tool()
def test_x_mcp_header(
    region: Annotated[str, Field(json_schema_extra={"x-mcp-header": "Region"})] = "nowhere",
) -> str:
    """One argument travels in a header, too."""
    return f"region {region}"


# Saying things while a call runs


@server.tool()
async def test_tool_with_logging(ctx: Context) -> str:
    """Logs three lines."""
    for line in ("started", "working", "done"):
        await ctx.info(line)
    return "logged"


@server.tool()
async def test_logging_tool(ctx: Context) -> str:
    """Logs when it may."""
    await ctx.info("one line")
    return "logged"


@server.tool()
async def test_tool_with_progress(ctx: Context) -> str:
    """Three steps."""
    for step in (0, 50, 100):
        await ctx.report_progress(step, 100, f"{step} of 100")
    return "done"


@server.tool()
async def test_reconnection(ctx: Context) -> str:
    """Drops its stream in the middle of the call."""
    await ctx.close_sse_stream()
    return "resumed"


# Asking the client, both ways


@server.tool()
async def test_sampling(prompt: str, ctx: Context) -> str:
    """Asks for a completion."""
    answer = await ctx.session.create_message([said(prompt)], max_tokens=100, related_request_id=ctx.request_id)
    return f"LLM response: {answer.content.text}"


async def asked(ctx: Context, message: str, schema: dict) -> str:
    answer = await ctx.session.elicit_form(message, schema, related_request_id=ctx.request_id)
    return f"{answer.action}: {json.dumps(answer.content)}"


@server.tool()
async def test_elicitation(message: str, ctx: Context) -> str:
    """Asks for a form to be filled in."""
    return await asked(ctx, message, data.PERSON)


@server.tool()
async def test_elicitation_sep1034_defaults(ctx: Context) -> str:
    """Asks with a default for every kind of field."""
    return await asked(ctx, "With defaults", data.DEFAULTS)


@server.tool()
async def test_elicitation_sep1330_enums(ctx: Context) -> str:
    """Asks with every kind of choice."""
    return await asked(ctx, "With choices", data.CHOICES)


@server.tool()
async def test_missing_capability(ctx: Context) -> str:
    """Needs a client that samples."""
    capabilities = ctx.session.client_capabilities
    if capabilities is None or capabilities.sampling is None:
        needed = {"requiredCapabilities": {"sampling": {}}}
        raise MCPError(code=MISSING_REQUIRED_CLIENT_CAPABILITY, message="sampling is needed", data=needed)
    return "declared"


def question(schema: dict = data.NAME, message: str = "Your name?") -> ElicitRequest:
    return ElicitRequest(params=ElicitRequestFormParams(message=message, requested_schema=schema))


def completion(prompt: str) -> CreateMessageRequest:
    return CreateMessageRequest(params=CreateMessageRequestParams(messages=[said(prompt)], max_tokens=100))


def required(state: str | None = None, **requests) -> InputRequiredResult:
    return InputRequiredResult(input_requests=requests, request_state=state)


def field(ctx: Context, key: str, name: str) -> str:
    """What the client filled in."""
    content = getattr(ctx.input_responses[key], "content", None)
    return str(content.get(name)) if isinstance(content, dict) else "nothing"


def has(ctx: Context, *keys: str) -> bool:
    return set(keys) <= set(ctx.input_responses or {})


@server.tool()
async def test_streaming_elicitation(ctx: Context) -> str | InputRequiredResult:
    """Reports progress, then needs an answer."""
    await ctx.report_progress(1, 2)
    return "answered" if has(ctx, "user_name") else required(user_name=question())


@server.tool()
async def test_input_required_result_elicitation(ctx: Context) -> str | InputRequiredResult:
    """Needs a name."""
    if has(ctx, "user_name"):
        return f"Hello, {field(ctx, 'user_name', 'name')}!"
    return required(user_name=question())


@server.tool()
async def test_input_required_result_sampling(ctx: Context) -> str | InputRequiredResult:
    """Needs a completion."""
    if has(ctx, "capital_question"):
        return ctx.input_responses["capital_question"].content.text
    return required(capital_question=completion("The capital of France?"))


@server.tool()
async def test_input_required_result_list_roots(ctx: Context) -> str | InputRequiredResult:
    """Needs the roots."""
    if has(ctx, "client_roots"):
        return " ".join(str(root.uri) for root in ctx.input_responses["client_roots"].roots)
    return required(client_roots=ListRootsRequest())


@server.tool()
async def test_input_required_result_request_state(ctx: Context) -> str | InputRequiredResult:
    """Needs its own state back."""
    if has(ctx, "confirm") and ctx.request_state == "the state":
        return "state-ok"
    return required("the state", confirm=question(data.CONFIRM))


@server.tool()
async def test_input_required_result_multiple_inputs(ctx: Context) -> str | InputRequiredResult:
    """Needs three things at once."""
    if has(ctx, "user_name", "greeting", "client_roots"):
        return "all of it"
    return required(
        "three things", user_name=question(), greeting=completion("Greet!"), client_roots=ListRootsRequest()
    )


@server.tool()
async def test_input_required_result_multi_round(ctx: Context) -> str | InputRequiredResult:
    """Needs two answers, one after the other."""
    if ctx.request_state == "round 1" and has(ctx, "step1"):
        return required(f"round 2 {field(ctx, 'step1', 'name')}", step2=question(data.COLOUR, "Your colour?"))
    if ctx.request_state and ctx.request_state.startswith("round 2 ") and has(ctx, "step2"):
        return f"{ctx.request_state[8:]} likes {field(ctx, 'step2', 'color')}"
    return required("round 1", step1=question())


@server.tool()
async def test_input_required_result_tampered_state(ctx: Context) -> str | InputRequiredResult:
    """Hands out a state that nobody may change."""
    return required("sealed", confirm=question(data.CONFIRM)) if ctx.request_state is None else "state-ok"


@server.tool()
async def test_input_required_result_capabilities(ctx: Context) -> InputRequiredResult:
    """Needs only what the client can give."""
    can = ctx.client_capabilities
    requests = {}
    if can is not None and can.sampling is not None:
        requests["sample"] = completion("Say hello.")
    if can is not None and can.elicitation is not None:
        requests["ask"] = question()
    return required("by capability", **requests)


# Lists that change


there: set[str] = set()


def changed(kind: str, add, remove) -> None:
    """One more the first time, one less the next: the list is never what it was before."""
    remove() if kind in there else add()
    there.symmetric_difference_update({kind})


@server.tool()
async def test_trigger_tool_change(ctx: Context) -> str:
    """One tool comes or goes, and that is announced."""
    name = "test_dynamic_tool"
    changed(
        "tool",
        lambda: server.add_tool(lambda: "new", name=name, description="Comes and goes."),
        lambda: server.remove_tool(name),
    )
    await ctx.notify_tools_changed()
    return "changed"


@server.tool()
async def test_trigger_prompt_change(ctx: Context) -> str:
    """One prompt comes or goes, and that is announced."""
    name = "test_dynamic_prompt"
    changed(
        "prompt",
        lambda: server.add_prompt(Prompt.from_function(lambda: "new", name=name, description="Comes and goes.")),
        lambda: server.remove_prompt(name),
    )
    await ctx.notify_prompts_changed()
    return "changed"


# Resources, prompts, completions


@server.resource("test://static-text", mime_type="text/plain")
def static_text() -> str:
    """A text."""
    return data.NOTE


@server.resource("test://static-binary", mime_type="image/png")
def static_binary() -> bytes:
    """An image."""
    return base64.b64decode(data.PIXEL)


@server.resource("test://watched-resource", mime_type="text/plain")
def watched_resource() -> str:
    """A text that may change."""
    return data.WATCHED


@server.resource("test://template/{id}/data", mime_type="application/json")
def template(id: str) -> str:
    """A text about an id."""
    return data.of_template(id)


def user(content) -> UserMessage:
    return UserMessage(TextContent(type="text", text=content) if isinstance(content, str) else content)


@server.prompt()
def test_simple_prompt() -> list[UserMessage]:
    """A prompt."""
    return [user("A simple prompt.")]


@server.prompt()
def test_prompt_with_arguments(arg1: str, arg2: str) -> list[UserMessage]:
    """A prompt with two arguments."""
    return [user(f"arg1='{arg1}', arg2='{arg2}'")]


@server.prompt()
def test_prompt_with_embedded_resource(resourceUri: str) -> list[UserMessage]:
    """A prompt with a resource inside."""
    return [user(embedded(resourceUri, "Embedded.")), user("Please read it.")]


@server.prompt()
def test_prompt_with_image() -> list[UserMessage]:
    """A prompt with an image inside."""
    return [user(picture()), user("Please look at it.")]


@server.prompt()
async def test_input_required_result_prompt(ctx: Context) -> list[UserMessage] | InputRequiredResult:
    """A prompt that needs an answer first."""
    if has(ctx, "user_context"):
        return [user(f"Use {field(ctx, 'user_context', 'context')}.")]
    return required(user_context=question(data.CONTEXT, "Which context?"))


@server.completion()
async def complete(ref, argument, context) -> Completion:
    return Completion(values=[f"{argument.value}ing"], total=1, has_more=False)


async def nothing(ctx, params) -> EmptyResult:
    return EmptyResult()


for method, params in (
    ("logging/setLevel", SetLevelRequestParams),
    ("resources/subscribe", SubscribeRequestParams),
    ("resources/unsubscribe", UnsubscribeRequestParams),
):
    server._lowlevel_server.add_request_handler(method, params, nothing)


# Serving


def error(id, code: int, message: str, more: dict | None = None) -> bytes:
    return json.dumps(
        {"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message} | ({"data": more} if more else {})}
    ).encode()


def refuse_modern(method: str, version: str | None):
    """What a server of the older era says to a version that it has never heard of."""
    if version is not None:
        return 400, [], error("server-error", -32600, f"Bad Request: Unsupported protocol version: {version}")


def refuse_legacy(method: str, version: str | None):
    """What a server of the newer era says to a client of the older one."""
    if method != "POST":
        return 405, [(b"allow", b"POST")], b""
    if version is None:
        return 400, [], error(None, -32020, "MCP-Protocol-Version is missing")
    if version in HANDSHAKE_PROTOCOL_VERSIONS:
        known = {"supported": [MODERN], "requested": version}
        return 400, [], error(None, -32022, "Unsupported protocol version", known)


if __name__ == "__main__":
    app = server.streamable_http_app(event_store=Events(), retry_interval=50)
    match sys.argv[1] if len(sys.argv) > 1 else "both":
        case "legacy":
            app = only(app, set(HANDSHAKE_PROTOCOL_VERSIONS), refuse_modern)
        case "modern":
            app = only(app, {MODERN}, refuse_legacy)
    server.run("stdio") if "stdio" in sys.argv else serve(app)
