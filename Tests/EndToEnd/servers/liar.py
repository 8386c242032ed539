"""Answers under ids that were never asked, or of the wrong type, before the true answer."""

import json

from raw import Call, Server

server = Server("liar")


@server.tool("work")
def work(call: Call):
    wrong = text = json.dumps({"content": [{"type": "text", "text": "wrong"}]}).encode()
    for id in (
        b'"%d"' % call.id,
        b"%d.5" % call.id,
        b"%d" % (call.id + 1000),
        b"null",
        b"true",
        b"[%d]" % call.id,
    ):
        server.write(b'{"jsonrpc":"2.0","id":%s,"result":%s}\n' % (id, wrong))
    server.write(b'{"jsonrpc":"2.0","result":%s}\n' % text)
    return {"content": [{"type": "text", "text": "right"}]}


server.run()
