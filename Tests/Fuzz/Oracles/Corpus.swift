/// What mutations start from.
package struct Corpus: Sendable {
    /// Whole inputs.
    let lines: [[UInt8]]
    /// What is put into them.
    let pieces: [[UInt8]]
    /// The bytes that part one token from the next.
    let marks: [UInt8]

    /// Lines of messages.
    package static let messages = Corpus(
        lines: messageLines, pieces: messagePieces, marks: Array(#"{}[],:"#.utf8))

    private static let messageLines: [[UInt8]] = [
        #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#,
        #"{"jsonrpc":"2.0","id":"a","method":"initialize","params":{"protocolVersion":"2025-11-25","#
            + #""capabilities":{"roots":{}},"clientInfo":{"name":"n","version":"1"}}}"#,
        #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        #"{"jsonrpc":"2.0","id":2,"method":"tools/list","params":{}}"#,
        #"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"one__echo","#
            + #""arguments":{"a":[1.0,-0,1E400,"\ud800é\/"],"a":{}},"_meta":{"progressToken":"t"}}}"#,
        #"{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"two__echo"}}"#,
        #"{"jsonrpc":"2.0","id":5,"method":"prompts/get","params":{"name":"one__p"}}"#,
        #"{"jsonrpc":"2.0","id":6,"method":"resources/read","params":{"uri":"file:///a"}}"#,
        #"{"jsonrpc":"2.0","id":7,"method":"resources/read","params":{"uri":"manifold://one/t%3A"}}"#,
        #"{"jsonrpc":"2.0","id":8,"method":"resources/subscribe","params":{"uri":"t:///x"}}"#,
        #"{"jsonrpc":"2.0","id":9,"method":"resources/unsubscribe","params":{"uri":"t:///x"}}"#,
        #"{"jsonrpc":"2.0","id":10,"method":"logging/setLevel","params":{"level":"info"}}"#,
        #"{"jsonrpc":"2.0","id":11,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","#
            + #""name":"one__p"},"argument":{"name":"x","value":""}}}"#,
        #"{"jsonrpc":"2.0","id":12,"method":"acme/unknown","params":{"x":[]}}"#,
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":3,"reason":"r"}}"#,
        #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}"#,
        #"{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}"#,
        #"{"jsonrpc":"2.0","id":1,"result":{"roots":[]}}"#,
        #"{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"m","data":{}}}"#,
        #"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"tools/list"}]"#,
        "\t{ \"id\" : 13 ,\r\"jsonrpc\":\"2.0\", \"method\":\"ping\" }\r",
    ].map { Array($0.utf8) }

    private static let messagePieces: [[UInt8]] =
        [
            "1", "0", "-0", "1.0", "1e9", "9223372036854775808", "null", "true", "{}", "[]", #""""#,
            #""a""#, #""\u0000""#, #""\ud83d\ude00""#, #""\ud800""#, #""id""#, #""method""#,
            #""params""#, #""result""#, #""na\u006de""#, #""_meta""#, #""2.0""#, #""ping""#, ",",
            ":",
            "{", "}", "[", "]", "\"", "\\", " ", "\r", "\u{FEFF}", "é", #","id":1"#,
            #","params":{}"#,
            #","result":{}"#, #""name":"x","#, String(repeating: "[", count: 600),
            String(repeating: "x", count: 500),
        ].map { Array($0.utf8) } + [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0]]
}
