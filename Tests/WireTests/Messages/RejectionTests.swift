import Testing
import Wire

@Suite("Rejection")
struct RejectionTests {
    @Test(
        "what two readers could understand differently is refused",
        arguments: [
            (#"{"jsonrpc":"1.0","id":1,"method":"x"}"#, Rejection.Code.version),
            (#"{"jsonrpc":2.0,"id":1,"method":"x"}"#, .version),
            (#"{"id":1,"method":"x"}"#, .version),
            (#"{"jsonrpc":"2.0"}"#, .shape),
            (#"{"jsonrpc":"2.0","id":null,"method":"x"}"#, .identifier),
            (#"{"jsonrpc":"2.0","id":true,"method":"x"}"#, .identifier),
            (#"{"jsonrpc":"2.0","id":[1],"method":"x"}"#, .identifier),
            (#"{"jsonrpc":"2.0","id":{},"method":"x"}"#, .identifier),
            (#"{"jsonrpc":"2.0","id":null,"result":1}"#, .identifier),
            (#"{"jsonrpc":"2.0","id":{},"error":{}}"#, .identifier),
            (#"{"jsonrpc":"2.0","result":1}"#, .identifier),
            (#"{"jsonrpc":"2.0","id":1,"method":7}"#, .method),
            (#"{"jsonrpc":"2.0","id":1,"method":null}"#, .method),
            (#"{"jsonrpc":"2.0","id":1,"method":"x","params":[1]}"#, .shape),
            (#"{"jsonrpc":"2.0","id":1,"method":"x","params":null}"#, .shape),
            (#"{"jsonrpc":"2.0","id":1,"method":"x","result":1}"#, .shape),
            (#"{"jsonrpc":"2.0","id":1,"result":1,"error":{}}"#, .shape),
            (#"{"jsonrpc":"2.0","id":1,"error":"no"}"#, .shape),
            (#"[]"#, .notAnObject), (#""text""#, .notAnObject), ("12", .notAnObject),
            ("", .syntax), ("Server started", .syntax),
            ("{", .syntax), ("{}x", .syntax), (#"{"a":1,}"#, .syntax), (#"{"a" 1}"#, .syntax),
            (#"{"a":1 "b":2}"#, .syntax), (#"{a:1}"#, .syntax), ("{\"a\":\"\t\"}", .syntax),
            ("{\"a\":\"\0\"}", .syntax), (#"{"a":"\x"}"#, .syntax), (#"{"a":01}"#, .syntax),
            ("\u{FEFF}{}", .syntax),
        ])
    func refused(text: String, code: Rejection.Code) {
        #expect(rejection(text)?.code == code)
    }

    @Test(
        "a repeated key on the routing path is refused, however it is spelled",
        arguments: [
            #""jsonrpc":"2.0""#, #""id":1"#, #""method":"x""#, #""params":{}"#,
        ])
    func repeatedInEnvelope(member: String) {
        let text = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\",\"params\":{},\(member)}"
        #expect(rejection(text)?.code == .duplicateKey)
        let escaped = text.replacing(member, with: "\"\\u00" + hex(member) + member.dropFirst(2))
        #expect(rejection(escaped)?.code == .duplicateKey)
    }

    @Test(
        "a repeated key in params or _meta is refused, however it is spelled",
        arguments: [
            #""name":1,"n\u0061me":2"#, #""uri":1,"uri":1"#, #""arguments":{},"arguments":{}"#,
            #""_meta":{},"_meta":{}"#, #""requestId":1,"request\u0049d":1"#,
            #""progressToken":1,"progressToken":1"#,
            #""_meta":{"progressToken":1,"progressToken":1}"#,
            #""_meta":{"io.modelcontextprotocol/protocolVersion":"a","#
                + #""io.modelcontextprotocol\/protocolVersion":"b"}"#,
        ])
    func repeatedInParams(members: String) {
        let text = "{\"jsonrpc\":\"2.0\",\"id\":77,\"method\":\"x\",\"params\":{\(members)}}"
        #expect(rejection(text)?.code == .duplicateKey)
        #expect(rejection(text)?.id == utf8("77"))
        #expect(rejection(text)?.rpcCode == -32600)
    }

    @Test("repeated results and errors are refused as well")
    func repeatedOutcome() {
        #expect(
            rejection(#"{"jsonrpc":"2.0","id":1,"result":1,"result":1}"#)?.code == .duplicateKey)
        let failure = rejection(#"{"jsonrpc":"2.0","id":1,"error":{},"error":{}}"#)
        #expect(failure?.code == .duplicateKey)
        #expect(failure?.isResponse == true)
    }

    @Test(
        "bytes that are not UTF-8 are refused, also in keys and in the last bytes of a message",
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x80, 0x80],
            [0xE0, 0x9F, 0xBF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
            [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
        ] as [[UInt8]])
    func encoding(bytes: [UInt8]) {
        for padding in 0..<24 {
            let filler = [UInt8](repeating: 0x61, count: padding)
            let value = utf8(#"{"jsonrpc":"2.0","method":"x","a":""#) + filler + bytes
            #expect(rejection(value + utf8(#"","id":3}"#))?.code == .encoding)
            #expect(rejection(value + utf8(#"","id":3}"#))?.id == utf8("3"))
            #expect(rejection(value + filler + utf8("\"}"))?.rpcCode == -32700)
            #expect(rejection(utf8("{\"") + filler + bytes + utf8("\":1}"))?.code == .encoding)
        }
    }

    @Test("512 levels are accepted and 513 are not")
    func depth() {
        func nested(_ levels: Int, _ open: String, _ close: String) -> String {
            let inner = String(repeating: open, count: levels - 1)
            let closing = String(repeating: close, count: levels - 1)
            return "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\(inner)0\(closing)}"
        }
        #expect(rejection(nested(512, "[", "]")) == nil)
        #expect(rejection(nested(512, "{\"a\":", "}")) == nil)
        #expect(rejection(nested(513, "[", "]"))?.code == .depth)
        #expect(rejection(nested(513, "{\"a\":", "}"))?.code == .depth)
        #expect(rejection(nested(100_000, "[", "]"))?.id == utf8("1"))
        #expect(rejection(nested(9, "[", "]"), limits: Limits(depth: 8))?.code == .depth)
        #expect(rejection(nested(300, "[{\"a\":", "]}"))?.code == .depth)
        #expect(rejection(nested(200, "[{\"a\":", "]}"))?.code == .syntax)
        #expect(rejection(nested(200, "[{\"a\":", "}]")) == nil)
    }

    @Test("a message over the limit is refused, and its id is still found")
    func size() {
        let text = #"{"jsonrpc":"2.0","id":"a","method":"x","params":{}}"#
        #expect(rejection(text, limits: Limits(bytes: text.utf8.count)) == nil)
        let refused = rejection(text, limits: Limits(bytes: text.utf8.count - 1))
        #expect(refused?.code == .size)
        #expect(refused?.id == utf8("\"a\""))
    }

    @Test("no prefix of a message is a message, and the id it shows is the whole id or none")
    func prefixes() throws {
        let text =
            #"{"jsonrpc":"2.0","id":12345,"result":{"content":[{"text":"\u00e9é"}],"a":1.5e3}}"#
        let whole = utf8(text)
        for length in 0..<whole.count {
            let head = Array(whole[..<length])
            let refused = try #require(rejection(head))
            #expect(refused.id == nil || refused.id == utf8("12345"))
            let found = Rejection.identify(head: head)
            #expect(found.id == refused.id)
            #expect((found.id != nil) == (length > 27))
            #expect(found.isResponse == (length >= 37))
        }
    }

    @Test(
        "what readers that overlook capitals would take for a key of ours is refused",
        arguments: [
            #"{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call"}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"acme/x", "METHOD" : "tools/call"}"#,
            #"{"JSONRPC":"1.0","jsonrpc":"2.0","id":1,"method":"ping"}"#,
            #"{"jsonrpc":"2.0","iD":2,"id":1,"method":"ping"}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"ping","param\u017F":{}}"#,
            #"{"jsonrpc":"2.0","id":1,"Result":{},"result":{}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","Name":"b"}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"n\u0041me":"b","name":"a"}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"argumentſ":{}}}"#,
            #"{"jsonrpc":"2.0","params":{"_META":{}},"id":1,"method":"tools/call"}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"x":1,"URI":"a:b"}}"#,
            #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressTo\u212Aen":1}}"#,
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestid":1}}"#,
        ])
    func likeness(text: String) {
        let found = rejection(text)
        #expect(found?.code == .duplicateKey)
        #expect(found?.reason.contains("but for capitals") == true)
        let key = found?.offset.map { Array(text.utf8)[$0] }
        #expect(key == UInt8(ascii: "\""))
    }

    @Test(
        "capitals where routing reads nothing are nobody's business",
        arguments: [
            #"{"jsonrpc":"2.0","id":1,"method":"acme/x","params":{"Name":"a","URI":"b"}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"arguments":{"Name":1,"name":2}}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":{"Name":1}}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"names":1,"nam":2,"ſ":3,"":4}}"#,
            #"{"jsonrpc":"2.0","id":1,"result":{"Name":1,"Result":2}}"#,
            #"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m","Error":2}}"#,
        ])
    func noLikeness(text: String) { #expect(rejection(text) == nil) }

    @Test("an id that came twice is no id")
    func twoIds() {
        let found = Rejection.identify(head: utf8(#"{"id":1,"id":2,"method":"x"}"#))
        #expect(found.id == nil)
        #expect(!found.isResponse)
    }

    @Test("a reason never shows content")
    func reasons() {
        for text in [
            #"{"secret":"s3cr3t","jsonrpc":"2.0","id":1,"method":"x","params":{"s3cr3t":s3cr3t}}"#,
            #"{"jsonrpc":"2.0","id":true,"method":"s3cr3t"}"#,
        ] {
            #expect(rejection(text)?.reason.contains("s3cr3t") == false)
        }
    }

    private func hex(_ member: String) -> String {
        String(member.utf8.dropFirst().first ?? 0, radix: 16)
    }
}
