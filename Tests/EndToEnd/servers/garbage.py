"""Prints everything but MCP and never answers."""

import sys

from raw import tell

tell("started")
out = sys.stdout.buffer
out.write(b'Welcome to the server!\n\n\xff\xfe\x00 not text\n{"jsonrpc":"2.0"\n[1,2\nnull\n42\n"x"\n{}\n')
out.flush()
for line in sys.stdin.buffer:
    out.write(b"\x80 I heard: " + line[:20].replace(b"\n", b"") + b"\n")
    out.flush()
