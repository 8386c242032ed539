"""What both reference servers serve: names and contents that the conformance scenarios ask for."""

import json

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SOUND = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA="
TEXT = "A simple text, as a test asks for it."
NOTE = "The text of a resource that does not change."
WATCHED = "The text of a resource that may change."


def of_template(id: str) -> str:
    return json.dumps({"id": id, "templateTest": True, "data": f"about {id}"})


#: An input schema with every keyword that typed models lose.
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}


def form(**properties) -> dict:
    """A form with these fields, all of them required."""
    return {"type": "object", "properties": properties, "required": list(properties)}


PERSON = form(username={"type": "string"}, email={"type": "string"})
NAME, COLOUR = form(name={"type": "string"}), form(color={"type": "string"})
CONFIRM, CONTEXT = form(ok={"type": "boolean"}), form(context={"type": "string"})
DEFAULTS = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "default": "John Doe"},
        "age": {"type": "integer", "default": 30},
        "score": {"type": "number", "default": 95.5},
        "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
        "verified": {"type": "boolean", "default": True},
    },
}


def titled(*values: str) -> list[dict]:
    return [{"const": value, "title": value.title()} for value in values]


CHOICES = form(
    untitledSingle={"type": "string", "enum": ["option1", "option2", "option3"]},
    titledSingle={"type": "string", "oneOf": titled("value1", "value2", "value3")},
    legacyEnum={"type": "string", "enum": ["opt1", "opt2"], "enumNames": ["First", "Second"]},
    untitledMulti={"type": "array", "items": {"type": "string", "enum": ["option1", "option2", "option3"]}},
    titledMulti={"type": "array", "items": {"anyOf": titled("value1", "value2", "value3")}},
)
