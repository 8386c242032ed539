import Aggregator
import Testing
import Wire

@testable import manifold

@Suite struct CallBlameTests {
    private func blame(_ result: String) throws -> CallBlame? {
        CallBlame(try Value(validating: Array(result.utf8)))
    }

    /// What is made of a failure on its way to the client.
    private func blame(_ failure: Failure) throws -> CallBlame? {
        guard case .result(let json, _) = Answer(failure, to: .toolsCall) else { return nil }
        return CallBlame(try Value(validating: json))
    }

    @Test("a result is no error, or the tool's own, where nothing else is said")
    func own() throws {
        #expect(try blame(#"{"content":[]}"#) == nil)
        #expect(try blame(#"{"content":[],"isError":false}"#) == nil)
        let own = try blame(#"{"content":[],"isError":true,"_meta":{"x":1}}"#)
        #expect(own?.sentence == "the tool reported an error")
        #expect(own?.upstream == nil)
    }

    @Test(
        "a plugin's doing is told from the tool's, with whether the tool ran",
        arguments: [
            (Failure.Executed.no, "refused the call; the tool did not run"),
            (.unknown, "ended the call"),
            (.yes, "kept the answer back; the tool has run"),
        ])
    func plugins(executed: Failure.Executed, words: String) throws {
        let found = try blame(
            Failure(.refused, "No.", upstream: "crm", executed: executed, rule: "guard"))
        #expect(found?.sentence == "the plugin 'guard' \(words)")
        #expect(found?.upstream == nil)
    }

    @Test("whether the tool ran is said where the result does not")
    func unsaid() throws {
        let found = try blame(
            #"{"content":[],"isError":true,"_meta":{"manifold/executed":"unknown"}}"#)
        #expect(found?.sentence == "the tool gave no answer; the tool may have run")
    }

    @Test("an upstream that gives no answer is named, for its last words")
    func upstreams() throws {
        let found = try blame(Failure(.lost, "Gone.", upstream: "crm", executed: .unknown))
        // The text of the result has said that it may have run.
        #expect(found?.sentence == "the tool gave no answer")
        #expect(found?.upstream == "crm")
        let unsent = try blame(Failure(.unavailable, "It is down.", upstream: "crm"))
        #expect(unsent?.sentence == "the call did not reach the tool")
    }
}
