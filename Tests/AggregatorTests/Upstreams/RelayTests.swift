import Machine
import Testing
import Wire

@testable import Upstreams

@Suite struct RelayTests {
    private func parcel(_ text: String) throws -> Parcel { try Parcel(Array(text.utf8)) }

    @Test(
        "what a text is to a relay",
        arguments: [
            (#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, Parcel.Kind.request, 1, 0),
            (#"{"jsonrpc":"2.0","method":"x"}"#, .notification, 0, 0),
            (#"{"jsonrpc":"2.0","id":0,"result":{}}"#, .response, 0, 1),
            (#"{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":""}}"#, .response, 0, 0),
            (#"{"id":"a","method":"no version"}"#, .request, 1, 0),
            (#"{"id":null,"method":"x"}"#, .notification, 0, 0),
            (#"{"id":1,"id":"b","method":"x"}"#, .request, 1, 0),
            (#"[{"id":1,"method":"a"},{"id":2,"result":{}},3]"#, .other, 1, 1),
            ("7", .other, 0, 0),
        ])
    func kinds(text: String, kind: Parcel.Kind, asked: Int, answered: Int) throws {
        let parcel = try parcel(text)
        #expect(parcel.kind == kind)
        #expect(parcel.asked.count == asked)
        #expect(parcel.answered.count == answered)
        #expect(parcel.line == Array(text.utf8))
    }

    @Test("ids are the same when their values are, however they are written")
    func ids() throws {
        func id(_ token: String) throws -> RelayId? {
            RelayId(try Value(validating: Array(token.utf8)))
        }
        #expect(try id("1") == id("1.0"))
        #expect(try id(#""A""#) == id(#""\u0041""#))
        #expect(try id("1") != id(#""1""#))
        #expect(try id("1e0") != id("1"))
        #expect(try id("null") == nil)
        #expect(try id("1.0")?.token == Array("1.0".utf8))
    }

    @Test("a text of several lines leaves on one, and only its line breaks are lost")
    func lines() throws {
        let text =
            "\r\n {\n  \"jsonrpc\": \"2.0\",\r\n \"id\":1, \"result\": {\"t\": \"a\u{2028}b\"} }\n"
        let line = try parcel(text).line
        #expect(!line.contains(0x0A) && !line.contains(0x0D))
        let answered = try Parcel(line).answered
        #expect(try answered == parcel(text).answered)
    }

    @Test(
        "what may be sent again, and how often",
        arguments: [
            // Status, error, whether a call is, whether a list is.
            (429, "ThrottlingException", true, true),
            (503, "ServiceUnavailable", true, true),
            (409, "RetryableConflictException", true, true),
            (402, "ServiceQuotaExceededException", true, true),
            (409, "ConflictException", false, false),
            (424, "RuntimeClientError", false, true),
            (500, "InternalServerException", false, true),
            (502, "", false, true),
            (504, "", false, true),
            (400, "ValidationException", false, false),
            (403, "AccessDeniedException", false, false),
            (404, "ResourceNotFoundException", false, false),
        ])
    func tries(status: Int, code: String, call: Bool, list: Bool) throws {
        let fields = HTTPFields(code.isEmpty ? [] : [("x-amzn-ErrorType", code)])
        let refusal = RelayRefusal(status, fields, [])
        for (method, expected) in [("tools/call", call), ("tools/list", list)] {
            let text = #"{"jsonrpc":"2.0","id":1,"method":"\#(method)"}"#
            var tries = RelayTries(try parcel(text), most: 3)
            for sends in 1...3 {
                tries.sends = sends
                #expect((tries.pause(after: refusal) != nil) == (expected && sends < 3))
            }
        }
    }

    @Test("a server that failed, or did not come up in time, may have run what it was asked")
    func machines() throws {
        let fields = HTTPFields([("x-amzn-ErrorType", "RuntimeClientError")])
        for words in [
            "Runtime initialization time exceeded. Please make sure",
            "Received error (500) from runtime. Please check",
        ] {
            let refusal = RelayRefusal(424, fields, Array(#"{"message":"\#(words)"}"#.utf8))
            let text = #"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#
            var tries = RelayTries(try parcel(text), most: 3)
            tries.sends = 1
            #expect(tries.pause(after: refusal) == nil)
            #expect(RelayTrouble.refused(refusal).mayHaveRun)
        }
    }

    @Test("what the client wished for is said again, the latest of each, until it greets anew")
    func wishes() throws {
        var session = RelaySession(.server)
        func note(_ method: String, _ params: String) throws {
            session.note(
                try parcel(#"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#))
        }
        try note("initialize", "{}")
        try note("logging/setLevel", #"{"level":"debug"}"#)
        try note("logging/setLevel", #"{"level":"error"}"#)
        try note("resources/subscribe", #"{"uri":"a:1"}"#)
        try note("resources/subscribe", #"{"uri":"a:2"}"#)
        try note("resources/unsubscribe", #"{"uri":"a:1"}"#)
        let wishes = session.wishes.map { String(decoding: $0.bytes, as: UTF8.self) }
        #expect(wishes.count == 2 && wishes[0].contains("error") && wishes[1].contains("a:2"))
        try note("initialize", "{}")
        #expect(session.wishes.isEmpty)
    }

    @Test("a connection that did not come about is tried three times, and one that broke never")
    func connections() throws {
        var tries = RelayTries(
            try parcel(#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#), most: 1)
        let refused = MachineFailure(.unreachable, "", delivery: .notSent)
        for sends in 1...4 {
            tries.sends = sends
            #expect((tries.pause(after: refused) != nil) == (sends < 3))
            #expect(tries.pause(after: MachineFailure(.closed, "", delivery: .unknown)) == nil)
            #expect(tries.pause(after: MachineFailure(.timedOut, "", delivery: .unknown)) == nil)
        }
    }

    @Test("pauses double, lie at random within that, and are what the service asks for")
    func pauses() throws {
        var tries = RelayTries(try parcel(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#), most: 9)
        let busy = RelayRefusal(429, HTTPFields(), [])
        for (sends, most) in [(1, 1), (2, 2), (3, 4), (6, 20)] {
            tries.sends = sends
            #expect(tries.pause(after: busy, random: 1) == .seconds(most))
            #expect(tries.pause(after: busy, random: 0) == .zero)
        }
        func asked(_ name: String, _ value: String) -> Duration? {
            tries.pause(after: RelayRefusal(429, HTTPFields([(name, value)]), []), random: 0)
        }
        #expect(asked("Retry-After", "3") == .seconds(3))
        #expect(asked("x-amz-retry-after", "70") == .milliseconds(70))
        #expect(asked("Retry-After", "600") == nil)
    }

    @Test("a refusal has the name and the words that the service gives, wherever it puts them")
    func refusals() {
        func read(_ body: String, _ type: String? = nil) -> RelayRefusal {
            RelayRefusal(
                400, HTTPFields(type.map { [("x-amzn-ErrorType", $0)] } ?? []), Array(body.utf8))
        }
        #expect(read(#"{"message":"no"}"#, "A:http://x/").code == "A")
        #expect(read(#"{"__type":"com.amazonaws#B","Message":"no"}"#).code == "B")
        #expect(read(#"{"__type":"com.amazonaws#B","Message":"no"}"#).message == "no")
        #expect(read("<html>").code == "400")
        #expect(read(#"{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"m"}}"#).message == "m")
        #expect(read("", "ExpiredTokenException").isExpiry)
        #expect(!read("", "AccessDeniedException").isExpiry)
    }

    @Test("the id that a server gives is kept, and one that it only repeats is not")
    func sessions() throws {
        let initialize = try parcel(#"{"jsonrpc":"2.0","id":1,"method":"initialize"}"#)
        let ping = try parcel(#"{"jsonrpc":"2.0","id":2,"method":"ping"}"#)
        var session = RelaySession(.fixed("session-x"))
        let first = session.ids(for: initialize)
        #expect(first == RelaySession.Ids(runtime: "session-x", mcp: "mcp-session-x"))
        session.adopt(HTTPFields([("Mcp-Session-Id", "mcp-session-x")]), first, initialize)
        #expect(session.assigned == nil)
        session.adopt(HTTPFields([("Mcp-Session-Id", "theirs")]), first, initialize)
        #expect(session.ids(for: ping).mcp == "theirs")
        #expect(session.ids(for: initialize).mcp == "mcp-session-x")
        session.forget()
        #expect(session.ids(for: initialize).mcp == nil)
        #expect(session.ids(for: ping) == RelaySession.Ids(runtime: "session-x", mcp: nil))
    }

    @Test("an id of ours that a server does not want is left out, once")
    func unwanted() throws {
        let initialize = try parcel(#"{"jsonrpc":"2.0","id":1,"method":"initialize"}"#)
        var session = RelaySession(.fixed("session-x"))
        let first = session.refused(session.ids(for: initialize))
        #expect(first)
        #expect(session.ids(for: initialize).mcp == nil)
        let second = session.refused(session.ids(for: initialize))
        #expect(!second)
        var server = RelaySession(.server)
        let ofServer = server.refused(server.ids(for: initialize))
        #expect(!ofServer)
    }

    @Test("each request has a session of its own where that is wanted")
    func perRequest() throws {
        let ping = try parcel(#"{"jsonrpc":"2.0","id":2,"method":"ping"}"#)
        let session = RelaySession(.perRequest)
        let (one, other) = (session.ids(for: ping), session.ids(for: ping))
        #expect(one.runtime != other.runtime)
        #expect(one.mcp == one.runtime.map { "mcp-\($0)" })
    }
}
