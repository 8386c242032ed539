#!/usr/bin/env python3
"""A plugin for Manifold: the word `[masked]` in the place of every long number.

In the configuration, beside this file:

    plugins:
      - executable: { name: mask, command: python3, args: [mask.py], on: [request, response] }

Nothing but the standard library. The contract: Sources/Plugins/Executable/README.md.
"""

import json
import os
import re
import sys

NUMBER = re.compile(r"\b\d{9,}\b")


def masked(value):
    """The same value without long numbers in its texts; images and sounds stay as they are."""
    if isinstance(value, str):
        return NUMBER.sub("[masked]", value)
    if isinstance(value, list):
        return [masked(item) for item in value]
    if isinstance(value, dict):
        return {key: item if key == "data" else masked(item) for key, item in value.items()}
    return value


def judge(params):
    document = masked(params["document"])
    if document == params["document"]:
        return {"verdict": "pass"}
    return {"verdict": "replace", "document": document}


def say(message):
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def main():
    if "MANIFOLD_PLUGIN" not in os.environ:
        sys.exit("This is a plugin for Manifold: name it under 'plugins' in its configuration.")
    say({"method": "plugin/hello", "params": {"contract": 1, "name": "mask"}})
    for line in sys.stdin:
        message = json.loads(line)
        if message.get("method") == "plugin/judge":
            say({"id": message["id"], "result": judge(message["params"])})
        elif "id" in message:
            say({"id": message["id"], "error": {"code": -32601, "message": "not asked for"}})


if __name__ == "__main__":
    main()
