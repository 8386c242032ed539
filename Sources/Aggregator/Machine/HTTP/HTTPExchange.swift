package import Wire

/// One request, and the one answer to it.
///
/// Everything is called on the loop's thread. What is written never suspends and never fails: when
/// the client is gone it goes nowhere, and `closed()` says so.
///
/// `@unchecked Sendable`: the variables are touched on the loop's thread only, which every entry
/// checks.
package final class HTTPExchange: @unchecked Sendable {
    /// How far the answer is.
    enum Stage {
        case waiting
        case streaming(ResponseFraming)
        case answered
    }

    /// What the request says before its body.
    package let head: RequestHead
    /// Its whole body.
    package let body: [UInt8]
    let connection: HTTPConnection
    private(set) var stage = Stage.waiting

    init(_ connection: HTTPConnection, _ head: RequestHead, _ body: [UInt8]) {
        self.connection = connection
        self.head = head
        self.body = body
    }

    /// The client's address and port.
    package var peer: String { connection.address.text }

    /// Answers with a whole body.
    ///
    /// The fields that say where the body ends and whether the connection goes on are the server's.
    package func respond(_ status: Status, _ fields: Fields = Fields(), body: [UInt8] = []) {
        connection.loop.checkIsCurrent()
        guard case .waiting = stage else { preconditionFailure("A request is answered once.") }
        stage = .answered
        let framing = ResponseFraming(answering: head, status, length: body.count)
        let hasBody = head.method != .head && framing != .none
        connection.answer(ResponseHead(status, fields), framing, to: head) { bytes in
            if hasBody { bytes.append(contentsOf: body) }
        }
    }

    /// Begins an answer whose body is written bit by bit.
    package func begin(_ status: Status, _ fields: Fields = Fields()) {
        connection.loop.checkIsCurrent()
        guard case .waiting = stage else { preconditionFailure("A request is answered once.") }
        let framing = ResponseFraming(answering: head, status, length: nil)
        stage = .streaming(head.method == .head ? .none : framing)
        connection.answer(ResponseHead(status, fields), framing, to: head) { _ in }
    }

    /// Lets `write` append to the body of an answer that has begun; it leaves at the end of the turn.
    ///
    /// `write` may not use this exchange.
    package func write(_ write: (inout [UInt8]) -> Void) {
        connection.loop.checkIsCurrent()
        guard case .streaming(let framing) = stage else {
            preconditionFailure("An answer is written between its beginning and its end.")
        }
        switch framing {
        case .chunked: connection.write { Chunk.append(to: &$0, write) }
        case .untilClose, .length: connection.write(write)
        case .none: break
        }
    }

    /// Ends an answer that has begun.
    package func end() {
        connection.loop.checkIsCurrent()
        guard case .streaming(let framing) = stage else {
            preconditionFailure("An answer ends once, after it has begun.")
        }
        stage = .answered
        if framing == .chunked { connection.write { Chunk.appendLast(to: &$0) } }
    }

    /// Ends the connection at once, in the middle of the answer or without one.
    package func abort() {
        connection.loop.checkIsCurrent()
        stage = .answered
        connection.abandon()
    }

    /// The handler is done: what it left undone is made good, and the next request's turn comes.
    func finish() {
        switch stage {
        case .waiting:
            respond(.internalServerError, [.contentType: "text/plain"], body: Self.silence)
        case .streaming: connection.abandon()
        case .answered: break
        }
        connection.finished(self)
    }

    private static let silence = Array("The server has no answer to this request.\n".utf8)
}
