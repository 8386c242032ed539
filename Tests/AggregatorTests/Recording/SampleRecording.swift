/// A tiny recording: a handshake, the tools, two calls at once, one with progress, one refused.
enum SampleRecording {
    static let start = #"{"recording":1,"started":"2026-11-28T17:00:00.000Z"}"#

    /// Its lines.
    static let lines =
        [start]
        + [
            (
                "upstream",
                #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"manifold","version":"0.1.0"}}}"#
            ),
            (
                "manifold",
                #"{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"crm","version":"7"}}}"#
            ),
            ("upstream", #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#),
            ("upstream", #"{"jsonrpc":"2.0","id":2,"method":"tools/list","params":{}}"#),
            (
                "manifold",
                #"{"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"get","inputSchema":{"type":"object"}},{"name":"set","inputSchema":{"type":"object"}}]}}"#
            ),
            (
                "upstream",
                #"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"get","arguments":{"id":7},"_meta":{"progressToken":3}}}"#
            ),
            (
                "upstream",
                #"{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"set","arguments":{"id":7,"to":"new"}}}"#
            ),
            (
                "manifold",
                #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":3,"progress":1}}"#
            ),
            (
                "manifold",
                #"{"jsonrpc":"2.0","id":4,"error":{"code":-32602,"message":"no such field"}}"#
            ),
            (
                "manifold",
                #"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"looked"}}"#
            ),
            (
                "manifold",
                #"{"jsonrpc":"2.0","id":3,"result":{"content":[{"type":"text","text":"seven"}]}}"#
            ),
        ].map { to, message in
            #"{"at":"2026-11-28T17:00:01.000Z","upstream":"crm","link":1,"to":"\#(to)","message":\#(message)}"#
        }

    /// All of it.
    static let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)

    /// A line of a message in conversation `link`.
    static func line(_ to: String, _ message: String, link: Int = 1) -> String {
        #"{"at":"2026-11-28T17:00:02.000Z","upstream":"crm","link":\#(link),"to":"\#(to)","message":\#(message)}"#
    }
}
