"""The reference on mcp 1.x: what the conformance scenarios of the handshake era ask a server for.

It listens on a port of its own, or with `stdio` as argument speaks on standard input and output.
"""

import base64
import json
import sys

from mcp.server.fastmcp import Context, FastMCP
from mcp.server.fastmcp.prompts.base import UserMessage
from mcp.server.streamable_http import EventMessage, EventStore
from mcp.types import (
    AudioContent,
    Completion,
    EmbeddedResource,
    ImageContent,
    SamplingMessage,
    TextContent,
    TextResourceContents,
)

import everything_data as data
from listening import serve


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


server = FastMCP("everything", event_store=Events(), retry_interval=50, log_level="WARNING")


def embedded(uri: str, text: str, kind: str = "text/plain") -> EmbeddedResource:
    return EmbeddedResource(type="resource", resource=TextResourceContents(uri=uri, mimeType=kind, text=text))


def picture() -> ImageContent:
    return ImageContent(type="image", data=data.PIXEL, mimeType="image/png")


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
    return [AudioContent(type="audio", data=data.SOUND, mimeType="audio/wav")]


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


# Saying things and asking while a call runs


@server.tool()
async def test_tool_with_logging(ctx: Context) -> str:
    """Logs three lines."""
    for line in ("started", "working", "done"):
        await ctx.info(line)
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


@server.tool()
async def test_sampling(prompt: str, ctx: Context) -> str:
    """Asks for a completion."""
    said = SamplingMessage(role="user", content=TextContent(type="text", text=prompt))
    answer = await ctx.session.create_message([said], max_tokens=100, related_request_id=ctx.request_id)
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


@server.completion()
async def complete(ref, argument, context) -> Completion:
    return Completion(values=[f"{argument.value}ing"], total=1, hasMore=False)


@server._mcp_server.set_logging_level()
async def set_level(level) -> None:
    pass


@server._mcp_server.subscribe_resource()
async def subscribe(uri) -> None:
    pass


@server._mcp_server.unsubscribe_resource()
async def unsubscribe(uri) -> None:
    pass


if __name__ == "__main__":
    server.run("stdio") if "stdio" in sys.argv else serve(server.streamable_http_app())
