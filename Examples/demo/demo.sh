#!/bin/sh
# Shows three MCP servers behind one, on this terminal; `make demo` builds what it needs.
# Ends with 0 only when every step gave what it should.
set -eu
cd "$(dirname "$0")/../.."

# Where the programs are; the tests of the demo say so themselves.
BIN=${BIN:-$PWD/.build/release}
VENV=${VENV:-$PWD/.venv/v1}
for program in "$BIN/manifold" "$BIN/example-server" "$VENV/bin/python" "$VENV/bin/mcp-server-time"
do
    [ -x "$program" ] || { echo "demo: '$program' is missing; run 'make demo'." >&2; exit 1; }
done

# Everything that is written goes to one folder, which goes away again.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM
export XDG_CACHE_HOME="$folder/cache" XDG_RUNTIME_DIR="$folder"
config=$folder/manifold.yaml

cat >"$config" <<END
upstreams:
  red:   { stdio: { command: "$BIN/example-server", args: [--name, red] } }
  blue:  { stdio: { command: "$BIN/example-server", args: [--name, blue] } }
  clock: { stdio: { command: "$VENV/bin/mcp-server-time", args: [--local-timezone, UTC] } }
END

"$VENV/bin/python" Examples/demo/client.py "$config" "$BIN/manifold" serve --config "$config"
