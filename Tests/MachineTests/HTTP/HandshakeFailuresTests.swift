import Testing

@testable import Machine

@Suite struct HandshakeFailuresTests {
    @Test("the first is told at once, and then one a minute with how many there were")
    func bounded() {
        var failures = HandshakeFailures()
        let start = ContinuousClock.now
        func note(_ seconds: Int) -> String? {
            failures.note(from: "1.2.3.4:5", "no reason", at: start.advanced(by: .seconds(seconds)))
        }
        #expect(note(0) == "The TLS handshake with 1.2.3.4:5 failed: no reason.")
        #expect(note(1) == nil && note(59) == nil)
        #expect(
            note(60) == "The TLS handshake with 1.2.3.4:5 failed: no reason "
                + "(2 more since the last that was told).")
        #expect(note(61) == nil)
        #expect(note(200)?.contains("(1 more since the last that was told)") == true)
    }
}
