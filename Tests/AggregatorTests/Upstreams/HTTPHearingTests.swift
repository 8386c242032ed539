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
    /// An event that is larger than the limit of the conversation, but for its end.
    private static let huge = "data: " + String(repeating: "x", count: 1 << 20 + 1)

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

    @Test("an event beyond the limit ends the stream of what is said unasked, which is opened anew")
    func stream() throws {
        let talk = try HTTPConversation()
        talk.server.next(
            .stream([], [(.opened, Self.huge), (.opened, "\n" + Self.aside), (Latch(), "x")]))
        talk.server.next(.stream([], [(.opened, Self.aside), (Latch(), "x")]))
        talk.connection.openStream()
        talk.run()
        #expect(talk.heard.all.isEmpty)
        #expect(talk.heard.noises.count == 1 && talk.heard.noises[0].contains("larger than"))
        talk.advance(by: .seconds(10))
        #expect(talk.server.count == 2 && talk.heard.all.count == 1)
        talk.stop()
    }

    @Test("an event beyond the limit ends a conversation whose answers come on one stream")
    func mailbox() throws {
        let talk = try HTTPConversation(transport: .sse)
        let door = Latch()
        let endpoint = "event: endpoint\ndata: /messages\n\n"
        talk.server.next(.stream([], [(.opened, endpoint), (door, Self.huge), (Latch(), "x")]))
        talk.server.next(.answer(202, [], ""))
        let outcome = talk.call(.initialize)
        #expect(outcome.value == nil && talk.server.count == 2)
        door.open()
        talk.run()
        let failure = try #require(outcome.failure)
        #expect(failure.code == .lost && failure.executed == .unknown)
        #expect(failure.message.contains("An event of the stream is larger than"))
        talk.stop()
    }

    @Test("an endpoint at another server ends the conversation, however late it is named")
    func elsewhere() throws {
        let talk = try HTTPConversation(transport: .sse)
        let door = Latch()
        let (own, other) = ("/messages", "https://other.example/messages")
        talk.server.next(
            .stream(
                [],
                [
                    (.opened, "event: endpoint\ndata: \(own)\n\n"),
                    (door, "event: endpoint\ndata: \(other)\n\n"), (Latch(), "x"),
                ]))
        talk.server.next(.answer(202, [], ""))
        let outcome = talk.call(.initialize)
        door.open()
        talk.run()
        #expect(outcome.failure?.message.contains("which is another server") == true)
        #expect(talk.server.requests.allSatisfy { !$0.url.contains("other.example") })
        talk.stop()
    }
}
