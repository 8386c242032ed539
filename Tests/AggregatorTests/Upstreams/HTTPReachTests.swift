import Aggregator
import Machine
import TestSupport
import Testing
import Wire

@testable import Upstreams

/// When a server over HTTP counts as lost.
@Suite struct HTTPReachTests {
    /// A conversation with one call under way, and what came of that after a few that failed so.
    private func afterFailing(_ code: MachineFailure.Code) throws -> (HTTPConversation, Outcome) {
        let talk = try HTTPConversation()
        talk.server.next(.stream([], [(Latch(), "x")]))
        let waiting = talk.call()
        for _ in 0..<5 {
            talk.server.next(.broken(.notSent, code))
            #expect(talk.call().failure != nil)
        }
        return (talk, waiting)
    }

    @Test(
        "a server that cannot be reached time and again is lost, with all that is under way",
        arguments: [MachineFailure.Code.unreachable, .untrusted, .timedOut, .closed])
    func unreachable(code: MachineFailure.Code) throws {
        let (talk, waiting) = try afterFailing(code)
        #expect(waiting.failure?.executed == .unknown)
        talk.server.result()
        #expect(talk.call().failure != nil)
        talk.stop()
    }

    @Test(
        "requests that could not be made here say nothing about the server",
        arguments: [MachineFailure.Code.occupied, .unusable, .cancelled])
    func unmade(code: MachineFailure.Code) throws {
        let (talk, waiting) = try afterFailing(code)
        #expect(waiting.value == nil)
        talk.server.result()
        #expect(talk.call().text != nil)
        talk.stop()
    }
}
