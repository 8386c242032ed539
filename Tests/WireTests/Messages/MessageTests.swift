import Testing
import Wire

@Suite("Message")
struct MessageTests {
    @Test(
        "the kind follows from the presence of method, then of id",
        arguments: [
            (#"{"jsonrpc":"2.0","id":0,"method":"ping"}"#, Message.Kind.request, Method.ping),
            (#"{"method":"ping","id":"","jsonrpc":"2.0"}"#, .request, .ping),
            (
                #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, .notification,
                .initialized
            ),
            (#"{"jsonrpc":"2.0","method":"ping"}"#, .notification, .ping),
            (#"{"jsonrpc":"2.0","id":1,"result":null}"#, .result, .absent),
            (#"{"jsonrpc":"2.0","id":1,"result":[1,2]}"#, .result, .absent),
            (#"{"jsonrpc":"2.0","id":1,"error":{"code":1}}"#, .error, .absent),
            (#"{"jsonrpc":"2.0","id":null,"error":{}}"#, .error, .absent),
            (#"{"jsonrpc":"2.0","error":{}}"#, .error, .absent),
            (#" { "jsonrpc" : "2.0" , "id" : 1 , "method" : "x" } "#, .request, .other),
            (#"{"jsonrpc":"2\u002e0","id":1,"method":"tools\/call"}"#, .request, .toolsCall),
            (#"{"jsonrpc":"2.0","method":"\u0070ing"}"#, .notification, .ping),
            (#"{"jsonrpc":"2.0","method":""}"#, .notification, .other),
        ])
    func kinds(text: String, kind: Message.Kind, method: Method) throws {
        let message = try Message(text)
        #expect(message.kind == kind)
        #expect(message.method == method)
    }

    @Test(
        "an id is found exactly as it is spelled",
        arguments: [
            "1", "0", "-0", "1.0", "1E400", "-7", "9223372036854775808", "\"\"", "\"1\"",
            "1234567", "12345678", "123456789", "1234567.5", "12e3", "7E+2", "10.25e-1",
            #""\u0031""#, "\"\u{2028}\"", #""\ud800""#,
        ])
    func ids(token: String) throws {
        let message = try Message("{\"jsonrpc\":\"2.0\",\"id\": \(token) ,\"method\":\"ping\"}")
        #expect(message.text(message.id) == token)
        #expect(Draft(message).bytes == message.bytes)
    }

    @Test(
        "a number is refused where its spelling is wrong, however long it is",
        arguments: [
            "01", "1.", "1e", "1234567x", "12345678x", "1-", "--1", "1 2", "1:", "0x1", "+1",
        ])
    func badNumbers(token: String) {
        #expect(rejection("{\"jsonrpc\":\"2.0\",\"id\":\(token),\"method\":\"ping\"}") != nil)
        #expect(rejection("{\"jsonrpc\":\"2.0\",\"id\":\(token)") != nil)
    }

    @Test(
        "a message that begins as most do is judged like all others",
        arguments: [
            (#"{"jsonrpc":"2.0" ,"id":1,"method":"ping"}"#, true),
            (#"{"jsonrpc":"2.0", "id":1,"method":"ping" }"#, true),
            (#"{"jsonrpc":"2.0","method":"ping"}"#, true),
            (#"{"jsonrpc":"2.0""#, false),
            (#"{"jsonrpc":"2.0"}"#, false),
            (#"{"jsonrpc":"2.0",}"#, false),
            (#"{"jsonrpc":"2.0""id":1,"method":"ping"}"#, false),
            (#"{"jsonrpc":"2.0":1,"id":1,"method":"ping"}"#, false),
            (#"{"jsonrpc":"2.0","id":1,"method":"ping",}"#, false),
            (#"{"jsonrpc":"2.0","jsonrpc":"2.0","id":1,"method":"ping"}"#, false),
            (#"{"jsonrpc":"2.0","id":1,"method":"ping"}}"#, false),
            (#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{}"#, false),
        ])
    func beginnings(text: String, isGood: Bool) {
        #expect((rejection(text) == nil) == isGood)
    }

    @Test("everything that routing reads is found, wherever it stands")
    func extents() throws {
        let text = #"""
            {"x":{"name":"no"},"params":{"arguments":{"name":"no","uri":1},"_meta":{"a":1,
            "progressToken":"t"},"uri":"u:/","name":"n\u00e4","progressToken":7,"requestId":"r"},
            "method":"a/b","id":5,"jsonrpc":"2.0"}
            """#
        let message = try Message(text)
        #expect(message.text(message.id) == "5")
        #expect(message.text(message.methodName) == "a/b")
        #expect(message.text(message.name) == #""n\u00e4""#)
        #expect(message.text(message.uri) == "\"u:/\"")
        #expect(message.text(message.arguments) == #"{"name":"no","uri":1}"#)
        #expect(message.text(message.meta) == "{\"a\":1,\n\"progressToken\":\"t\"}")
        #expect(message.text(message.progressToken) == "\"t\"")
        #expect(message.text(message.reportedToken) == "7")
        #expect(message.text(message.requestId) == "\"r\"")
        #expect(message.text(message.params)?.hasPrefix("{\"arguments\"") == true)
        #expect(message.hasLineBreaks)
        #expect(message.result == nil && message.error == nil)
    }

    @Test("a key spelled with escapes is the key it stands for")
    func escapedKeys() throws {
        let message = try Message(
            #"{"jsonrp\u0063":"2.0","\u0069d":1,"metho\u0064":"x","params":{"na\u006De":"n","#
                + #""\u005fmeta":{"progress\u0054oken":2}}}"#)
        #expect(message.text(message.id) == "1")
        #expect(message.text(message.name) == "\"n\"")
        #expect(message.text(message.progressToken) == "2")
    }

    @Test(
        "the version that a request's envelope names is found, however its key is spelled",
        arguments: [
            "io.modelcontextprotocol/protocolVersion",
            #"io.modelcontextprotocol\/protocolVersion"#,
            #"\u0069o.modelcontextprotocol\u002FprotocolVersion"#,
        ])
    func envelopeVersion(key: String) throws {
        let start = #"{"jsonrpc":"2.0","id":1,"method":"x","params":{"_meta":{"progressToken":"t","#
        let message = try Message(start + "\"\(key)\":\"2026-07-28\"}}}")
        #expect(message.text(message.protocolVersion) == "\"2026-07-28\"")
        #expect(message.text(message.progressToken) == "\"t\"")
        let other = try Message(start + "\"\(key)s\":\"2026-07-28\"}}}")
        #expect(other.protocolVersion == nil)
    }

    @Test("members of the wrong place or of another type are not taken for the real ones")
    func lookalikes() throws {
        let message = try Message(
            #"{"jsonrpc":"2.0","name":"a","name":"b","method":"m","params":{"_meta":[{"#
                + #""progressToken":1}],"id":4,"id":5,"idd":1,"nam":2,"_met":3}}"#)
        #expect(message.kind == .notification)
        #expect(message.name == nil && message.progressToken == nil)
        #expect(message.text(message.meta) == #"[{"progressToken":1}]"#)
    }

    @Test("payloads pass whatever they hold")
    func payloads() throws {
        for payload in [
            #"{"a":1,"a":2}"#, #""\ud800""#, "1E400", "-0", "9223372036854775808", "1.0",
            "\"\u{2028}\u{2029}\"", #""\/""#, "[]", "{}", "\"\u{7F}\"", "\"\u{10FFFF}\"",
        ] {
            let call =
                #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"arguments":"#
                + payload + "}}"
            let message = try Message(call)
            #expect(message.text(message.arguments) == payload)
            #expect(text(Draft(message).bytes) == call)
        }
    }

    @Test("every method name is recognised, and nothing that differs in one byte")
    func methods() throws {
        for method in Method.allCases where !method.name.isEmpty {
            #expect(Method(utf8(method.name)) == method)
            for index in method.name.utf8.indices {
                var other = utf8(method.name)
                other[method.name.utf8.distance(from: method.name.startIndex, to: index)] ^= 1
                #expect(Method(other) == .other)
            }
            #expect(Method(utf8(method.name + "x")) == .other)
            let message = try Message("{\"jsonrpc\":\"2.0\",\"method\":\"\(method.name)\"}")
            #expect(message.method == method)
            #expect(method.isNotification == method.name.hasPrefix("notifications/"))
        }
        #expect(Method([]) == .other)
    }
}
