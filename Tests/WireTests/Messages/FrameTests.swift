import Testing
import Wire

@Suite("Frame")
struct FrameTests {
    private func batch(_ text: String, limits: Limits = .standard) throws
        -> [Result<Message, Rejection>]
    {
        switch try Frame(scanning: utf8(text), limits: limits) {
        case .message: return []
        case .batch(let messages): return messages
        }
    }

    @Test("an object is one message")
    func message() throws {
        guard
            case .message(let message) = try Frame(
                scanning: utf8(#" {"jsonrpc":"2.0","id":1,"method":"ping"}"#))
        else {
            Issue.record("not a message")
            return
        }
        #expect(message.method == .ping)
    }

    @Test("each message of a batch is judged for itself")
    func judged() throws {
        let messages = try batch(
            #" [{"jsonrpc":"2.0","id":1,"method":"ping"} , 1, {"id":2,"result":1},[], "#
                + #"{"jsonrpc":"2.0","id":"x","result":{"a":1}}] "#)
        #expect(messages.count == 5)
        #expect(try messages[0].get().text(messages[0].get().id) == "1")
        let codes: [Rejection.Code?] = messages.map { message in
            guard case .failure(let rejection) = message else { return nil }
            return rejection.code
        }
        #expect(codes == [nil, .notAnObject, .version, .notAnObject, nil])
        #expect(
            text(try messages[4].get().bytes) == #"{"jsonrpc":"2.0","id":"x","result":{"a":1}}"#)
    }

    @Test(
        "a batch that is empty, too long or malformed is refused as a whole",
        arguments: [
            ("[]", Rejection.Code.batch), (" [ ] ", .batch), ("[1,2,3,4]", .batch),
            ("[{]", .syntax), (#"[{"jsonrpc":"2.0","id":1,"method":"ping"}"#, .syntax),
            ("[1],", .syntax), ("[\"\u{1}\"]", .syntax),
        ])
    func refused(text: String, code: Rejection.Code) {
        let error = #expect(throws: Rejection.self) {
            try batch(text, limits: Limits(batch: 3))
        }
        #expect(error?.code == code)
    }

    @Test("a batch over the limit in bytes is refused")
    func size() {
        let error = #expect(throws: Rejection.self) { try batch("[1,2]", limits: Limits(bytes: 4)) }
        #expect(error?.code == .size)
    }
}
