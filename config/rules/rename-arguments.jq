# Keeps a tool's old argument working after a new version has renamed it: `text` is `query` now.
if has("text") and (has("query") | not) then .query = .text else . end | del(.text)
