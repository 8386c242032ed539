import Aggregator
import Machine
import TestSupport
import Testing
import Wire

@testable import Upstreams

/// What a server says besides answers, and how little of it is believed.
@Suite struct HTTPHearingTests {
    private static func event(_ message: String) -> String { "data: \(message)\n\n" }

    private static let question = event(
        #"{"jsonrpc":"2.0","id":"q","method":"elicitation/create","params":{"message":"m"}}"#)
    private static let withdrawal = event(
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"q"}}"#)
    private static let aside = event(#"{"jsonrpc":"2.0","method":"notifications/x"}"#)

    @Test("a question that is withdrawn in the same breath is put to nobody")
    func withdrawn() throws {
        let talk = try HTTPConversation()
        talk.server.next(
            .stream([], [(.opened, Self.question + Self.withdrawal), (Latch(), Self.aside)]))
        let outcome = talk.call()
        #expect(talk.heard.asked == [])
        // Nobody is asked any more, so that the call's own patience counts.
        talk.advance(by: .seconds(3600))
        #expect(outcome.failure?.code == .timeout)
        talk.stop()
    }

    @Test("a question that is not withdrawn is asked, and its call waits for the answer")
    func asked() throws {
        let talk = try HTTPConversation()
        talk.heard.door = Latch()
        talk.server.next(.stream([], [(.opened, Self.question), (Latch(), Self.aside)]))
        let outcome = talk.call()
        #expect(talk.heard.asked.count == 1)
        talk.advance(by: .seconds(590))
        #expect(outcome.value == nil)
        talk.stop()
    }

    @Test("a request that its server ends was taken by it, so that it is not sent again")
    func ended() throws {
        let talk = try HTTPConversation()
        let end = Self.event(
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":$ID}}"#)
        talk.server.next(.stream([], [(.opened, end), (Latch(), Self.aside)]))
        let failure = try #require(talk.call(.listen).failure)
        #expect(failure.code == .lost && failure.executed == .yes)
        talk.stop()
    }
}
