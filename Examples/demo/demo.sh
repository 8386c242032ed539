#!/bin/sh
# Shows three MCP servers behind one, and then a local AgentCore, on this terminal; `make demo` builds
# what it needs.
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

# The same in front of AgentCore, which runs here, too.
export BIN VENV
"$BIN/manifold" emulate --config Examples/agentcore/emulator.yaml --port 0 \
    >"$folder/emulator.txt" 2>"$folder/emulator.log" &
emulator=$!
trap 'kill $emulator 2>/dev/null; rm -rf "$folder"' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10
do
    grep -q '^For Manifold:' "$folder/emulator.txt" && break
    sleep 0.5
done
# Keys of an emulator, and none of anybody's own.
unset AWS_PROFILE AWS_SESSION_TOKEN
eval "$(sed -n 's/^  export /export /p' "$folder/emulator.txt")"
config=$folder/agentcore.yaml
sed -n '/^For Manifold:/,$p' "$folder/emulator.txt" | sed '1d; s/^  //' >"$config"
"$VENV/bin/python" Examples/demo/agentcore.py "$AWS_ENDPOINT_URL_BEDROCK_AGENTCORE" \
    "$config" "$BIN/manifold" serve --config "$config" ||
    { cat "$folder/emulator.log" >&2; exit 1; }
