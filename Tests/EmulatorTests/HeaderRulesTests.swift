import Testing
import Wire

@testable import Emulator

@Suite("Header fields of callers")
struct HeaderRulesTests {
    @Test(
        "these may be on a runtime's list",
        arguments: [
            "X-Team", "authorization", "X-Amzn-Bedrock-AgentCore-Runtime-Custom-Color",
            "X-Amz-Bedrock-AgentCore-Identity-WAT", "a_b",
        ])
    func allows(_ name: String) { #expect(HeaderRules.mayBeAllowed(name)) }

    @Test(
        "these may not",
        arguments: [
            "", "1x", "-x", "x y", "Cookie", "HOST", "X-Amz-Date", "X-Amzn-Trace-Id",
            "X-Forwarded-For", "Sec-WebSocket-Key", String(repeating: "a", count: 257),
        ])
    func refuses(_ name: String) { #expect(!HeaderRules.mayBeAllowed(name)) }

    @Test("lengths are those of the data plane's model", arguments: [32, 33, 256, 257])
    func lengths(_ count: Int) {
        var fields: Fields = [:]
        fields.set(HeaderRules.session, FieldValue(Array(repeating: 0x61, count: count)) ?? "")
        let isGood = (33...256).contains(count)
        #expect(((try? HeaderRules.check(fields)) != nil) == isGood)
    }

    @Test("a refusal names the member and its bound")
    func words() {
        let fields: Fields = [HeaderRules.session: "short"]
        #expect {
            try HeaderRules.check(fields)
        } throws: { error in
            guard let failure = error as? EdgeFailure else { return false }
            return failure.message.contains("'runtimeSessionId'")
                && failure.message.contains("greater than or equal to 33")
        }
    }
}
