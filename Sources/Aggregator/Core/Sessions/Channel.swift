package import Wire

/// The way to a client as a session writes to it: a pipe for everything, or one HTTP exchange for one
/// request and what is said about it.
package protocol Channel: Sendable {
    /// Sends what is no answer; in order, never suspends.
    func send(_ aside: Draft)

    /// Answers a request under the client's own id, or nobody under `null`.
    func answer(_ answer: Answer, id: ArraySlice<UInt8>)

    /// Answers an array of requests with the array of their answers.
    func answer(batch: [UInt8])

    /// The request gets no answer, because the client does not want one.
    func dismiss(id: ArraySlice<UInt8>)

    /// Whether it goes on after the answer, because it carries everything that the client is told.
    var isShared: Bool { get }

    /// Whether the client reads more slowly than it is written to.
    var isCongested: Bool { get }

    /// Returns once the client has room for more, or is gone.
    func drained() async

    /// Whether only the session cancels the requests that came through it: when the client says so,
    /// and when the session is closed, which happens before anybody waits for them to end.
    var leavesCancelling: Bool { get }
}

extension Channel {
    package var leavesCancelling: Bool { false }
}

/// A pipe to a client: every message is a line.
package struct LineChannel: Channel {
    private let transport: any LineTransport

    /// A channel whose lines go to this transport.
    package init(_ transport: any LineTransport) { self.transport = transport }

    package func send(_ aside: Draft) {
        transport.write { buffer in
            aside.write(into: &buffer)
            buffer.append(UInt8(ascii: "\n"))
        }
    }

    package func answer(_ answer: Answer, id: ArraySlice<UInt8>) {
        transport.write { buffer in
            answer.write(id: id, into: &buffer)
            buffer.append(UInt8(ascii: "\n"))
        }
    }

    package func answer(batch: [UInt8]) {
        transport.write { buffer in
            buffer.append(contentsOf: batch)
            buffer.append(UInt8(ascii: "\n"))
        }
    }

    package func dismiss(id: ArraySlice<UInt8>) {}
    package var isShared: Bool { true }
    package var leavesCancelling: Bool { true }
    package var isCongested: Bool { transport.load.isCongested }
    package func drained() async { await transport.drained() }
}
