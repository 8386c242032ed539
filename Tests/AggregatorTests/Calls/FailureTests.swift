import Testing

@testable import Aggregator

@Suite struct FailureTests {
    private static let fate = "The call may have run; look before you try again."

    @Test("whether a call ran is said once, between why it failed and what helps")
    func once() {
        let lost = Failure(
            .lost, "It broke.", advice: "Mend it.", upstream: "one", executed: .unknown)
        #expect(lost.message == "It broke. \(Self.fate) Mend it.")
        let plain = Failure(.malformed, "It broke.", upstream: "one", executed: .unknown)
        #expect(plain.message == "It broke. \(Self.fate)")
        let down = Failure(.unavailable, "It broke.", advice: "Wait.", upstream: "one")
        #expect(down.message == "It broke. The tool did not run. Wait.")
        // A part of it may have run all the same.
        #expect(down.inPart(of: "one").message == "It broke. \(Self.fate) Wait.")
    }

    @Test("where no call is spoken of, nothing is said about one")
    func account() {
        for executed in [Failure.Executed.no, .unknown, .yes] {
            let failure = Failure(
                .lost, "It broke.", advice: "Mend it.", upstream: "one", executed: executed)
            #expect(failure.account == "It broke. Mend it.")
        }
    }

    @Test("a server's words end like a sentence if more follows")
    func sentences() {
        #expect(
            Failure(.malformed, "It says: no", upstream: "one", executed: .unknown).message
                == "It says: no. \(Self.fate)")
        #expect(Failure(.refused, "It says: no", upstream: "one").message == "It says: no")
        let question = Failure(.unavailable, "Is it there?", advice: "Look.", upstream: "one")
        #expect(question.message == "Is it there? The tool did not run. Look.")
    }

    @Test("a call that its client cancelled is not to be looked after; one that a plugin ended is")
    func ended() {
        let cancelled = Failure(
            .cancelled, "The call was cancelled.", upstream: "one", executed: .unknown)
        #expect(cancelled.message == "The call was cancelled.")
        let late = Failure(.timeout, "Too long.", executed: .unknown, rule: "slow")
        #expect(late.message == "Too long. \(Self.fate)")
    }
}
