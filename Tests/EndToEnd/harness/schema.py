"""The JSON schemas of the protocol's revisions: whether a frame is what its revision says.

They cannot be part of this repository. They are used where they lie (`../shared/vectors/mcp-schema`
beside the clone, or MANIFOLD_VECTORS); the run says whether they did. With MANIFOLD_TEST_VECTORS=required
a run without them fails instead of checking less.
"""

import functools
import json
import os
from pathlib import Path

from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(os.environ.get("MANIFOLD_VECTORS", ROOT.parent / "shared/vectors")) / "mcp-schema"
REQUIRED = os.environ.get("MANIFOLD_TEST_VECTORS") == "required"
#: Unions that carry a method's name only because they have a single member.
_UNIONS = {f"{side}{kind}" for side in ("Client", "Server") for kind in ("Request", "Notification", "Result")}


def found() -> str:
    """What the run's header says about them."""
    count = len(list(FOLDER.glob("*.json")))
    return f"found, {count} files" if count else f"NOT found at {FOLDER}, so frames are not checked against them"


@functools.cache
def revision(version: str) -> "Revision | None":
    """The schema of one revision, or None where it is not there (and need not be)."""
    path = FOLDER / f"{version}.json"
    if path.exists():
        return Revision(json.loads(path.read_text()))
    assert not REQUIRED, f"MANIFOLD_TEST_VECTORS=required, but there is no {path}"
    return None


class Revision:
    """The definitions of one revision by the method or the code that they are for."""

    def __init__(self, schema: dict):
        self._schema, self._key = schema, "$defs" if "$defs" in schema else "definitions"
        self.definitions = schema[self._key]
        self._validators: dict = {}
        self.methods, self.results, self.errors = {}, {}, {}
        self._repair()
        for name, definition in self.definitions.items():
            if name not in _UNIONS:
                self._index(name, definition.get("properties", {}))

    def _repair(self) -> None:
        """Two revisions were published with number limits and defaults as integers, which their text denies."""
        for key in ("minimum", "maximum", "default"):
            field = self.definitions.get("NumberSchema", {}).get("properties", {}).get(key, {})
            if field.get("type") == "integer":
                field["type"] = "number"

    def _index(self, name: str, properties: dict) -> None:
        method = properties.get("method", {}).get("const")
        if method is not None:
            self.methods[method] = name
            result = name.removesuffix("Request") + "Result"
            if name.endswith("Request") and result in self.definitions:
                self.results[method] = result
        for part in properties.get("error", {}).get("allOf", []):
            code = part.get("properties", {}).get("code", {}).get("const")
            if code is not None:
                self.errors[code] = name

    def complaint(self, name: str, value) -> str | None:
        """Why `value` is no `name`, or None when it is one."""
        if name not in self._validators:
            schema = {"$ref": f"#/{self._key}/{name}", self._key: self.definitions}
            self._validators[name] = validator_for(self._schema)(schema)
        error = best_match(self._validators[name].iter_errors(value))
        return None if error is None else f"no {name}: {error.message[:300]} at {error.json_path}"

    def _one_of(self, *names: str) -> str:
        return next(name for name in names if name in self.definitions)

    def check(self, message, method: str | None = None) -> str | None:
        """What is wrong with one frame; `method` is the request's that a response answers."""
        if not isinstance(message, dict):
            return f"no JSON-RPC object: {str(message)[:100]}"
        if "method" in message:
            usual = "JSONRPCRequest" if "id" in message else "JSONRPCNotification"
            return self.complaint(self.methods.get(message["method"], usual), message)
        if "error" in message:
            usual = self._one_of("JSONRPCErrorResponse", "JSONRPCError")
            # JSON-RPC answers what it could not read with a null id, which the schemas have no word for.
            identified = {**message, "id": 0} if message.get("id", 0) is None else message
            return self.complaint(self.errors.get((message["error"] or {}).get("code"), usual), identified)
        if "result" not in message:
            return "neither request, notification nor response"
        return self._result(message["result"], method) or self.complaint(
            self._one_of("JSONRPCResultResponse", "JSONRPCResponse"), message
        )

    def _result(self, result, method: str | None) -> str | None:
        if isinstance(result, dict) and result.get("resultType") == "input_required":
            return self.complaint("InputRequiredResult", result)
        return self.complaint(self.results[method], result) if method in self.results else None


class Frames:
    """Every frame of one conversation, checked as it passes; what was wrong is kept for the end."""

    def __init__(self, version: str):
        self.version, self.seen, self.wrong = version, 0, []

    def note(self, who: str, message, method: str | None = None) -> None:
        schema = revision(self.version)
        complaint = schema.check(message, method) if schema is not None else None
        self.seen += 1
        if complaint is not None:
            self.wrong.append(f"{who} sent {complaint}\n    {json.dumps(message)[:600]}")
