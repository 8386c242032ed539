import Synchronization
package import Wire

/// The reading half of a conversation in lines.
package protocol LineSource: Sendable {
    /// Reads once; false at the end of the stream.
    func fill() async throws(Failure) -> Bool

    /// The next line that has been read, if a whole one is there.
    func next() -> LineBuffer.Line?
}

/// A conversation with a server that speaks JSON-RPC in lines: a child process, in most cases.
package final class LineConversation: Connection {
    private let peer: Peer
    private let source: any LineSource
    private let limits: Limits
    /// The server's own requests that wait for an answer, by their exact id.
    private let questions = Mutex(OpenQuestions())

    /// A conversation that has not begun; `source` is read by `run` only.
    package init(peer: Peer, source: any LineSource, limits: Limits) {
        self.peer = peer
        self.source = source
        self.limits = limits
    }

    package func call(_ call: Call) async throws(Failure) -> Message {
        try await peer.call(call)
    }

    package var shortcut: Peer? { peer }

    package func notify(_ draft: Draft) -> Bool { peer.send(draft) }

    package func sweep(now: ContinuousClock.Instant) {
        expire(at: now)
        // A person may take their time over a question that the upstream asked.
        if questions.withLock({ !$0.isEmpty }) { peer.heard() }
        peer.sweep(now: now)
    }

    package func run(_ inbox: any Inbox) async -> Failure { await run(inbox) { $0 } }

    /// Reads until the end of the stream; `farewell` may find a better reason for it, which is what
    /// every call under way fails with.
    package func run(
        _ inbox: any Inbox, farewell: @Sendable (Failure) async -> Failure
    ) async -> Failure {
        await withDiscardingTaskGroup(returning: Failure.self) { group in
            TaskHandle.withCurrent { task in peer.runner.withLock { $0 = task } }
            let last = await read(inbox, &group)
            peer.runner.withLock { $0 = nil }
            inbox.ended()
            let end = await farewell(last)
            peer.close(end)
            group.cancelAll()
            return end
        }
    }

    private func read(_ inbox: any Inbox, _ group: inout DiscardingTaskGroup) async -> Failure {
        do throws(Failure) {
            while try await source.fill() {
                peer.heard()
                await takeLines(inbox, &group)
            }
            // The last line of a stream needs no end.
            await takeLines(inbox, &group)
            return Failure(.lost, "Upstream '\(peer.name)' closed its output.", upstream: peer.name)
        } catch {
            guard Task.isCancelled else { return error }
            return peer.end
                ?? Failure(
                    .lost, "Upstream '\(peer.name)' was stopped or is being replaced.",
                    upstream: peer.name)
        }
    }

    private func takeLines(_ inbox: any Inbox, _ group: inout DiscardingTaskGroup) async {
        while let line = source.next() {
            if let rest = receive(line, inbox, &group) { await finish(rest, inbox, &group) }
        }
    }

    /// What cannot be done without waiting, which hardly any line asks for.
    private enum Rest {
        case room(any Outlet)
        case aside(Message, Caller?)
        case batch([Result<Message, Rejection>])
    }

    private func finish(
        _ rest: Rest, _ inbox: any Inbox, _ group: inout DiscardingTaskGroup
    ) async {
        switch rest {
        // Back-pressure: whoever reads slowly slows down the upstreams that answer them.
        case .room(let outlet): await peer.pausing { await outlet.drained() }
        case .aside(let message, let caller):
            await peer.pausing { await inbox.aside(message, caller: caller) }
        case .batch(let batch):
            for element in batch {
                switch element {
                case .success(let message):
                    if let rest = receive(message, inbox, &group) {
                        await finish(rest, inbox, &group)
                    }
                case .failure(let rejection): refuse(rejection, inbox)
                }
            }
        }
    }

    private func receive(
        _ line: LineBuffer.Line, _ inbox: any Inbox, _ group: inout DiscardingTaskGroup
    ) -> Rest? {
        switch line {
        case .complete(let bytes):
            do throws(Rejection) {
                switch try Frame(scanning: bytes, limits: limits) {
                case .message(let message): return receive(message, inbox, &group)
                case .batch(let batch): return .batch(batch)
                }
            } catch {
                refuse(error, inbox, excerpt: Self.excerpt(of: bytes))
            }
        case .tooLong(let head, let length):
            let found = Rejection.identify(head: head)
            let reason =
                "A line of \(length) bytes is over the limit of \(limits.bytes) ('limits.message')."
            fail(id: found.id, isResponse: found.isResponse, reason, inbox, isWhole: true)
        }
        return nil
    }

    private func receive(
        _ message: Message, _ inbox: any Inbox, _ group: inout DiscardingTaskGroup
    ) -> Rest? {
        switch message.kind {
        case .result, .error: return settle(message, inbox)
        case .notification: return hear(message, inbox)
        case .request: return ask(message, inbox, &group)
        }
    }

    private func settle(_ message: Message, _ inbox: any Inbox) -> Rest? {
        switch peer.settle(message) {
        case .settled(let caller):
            if let outlet = caller?.outlet, outlet.isCongested { return .room(outlet) }
        case .late: break
        case .unknown: inbox.noise("An answer carries an id that was never asked with.")
        case .unnamed:
            // An error without an id belongs to the only call there is, or to nobody (§4.3).
            let error = message.error.map { message.value($0) }
            let words = error?["message"]?.string ?? "no reason given"
            let failure = Failure(
                .malformed,
                "Upstream '\(peer.name)' could not read the request: \(words.prefix(200))",
                upstream: peer.name, executed: .unknown)
            if !peer.fail(id: nil, failure) {
                inbox.noise("An error has no id: \(words.prefix(200))")
            }
        }
        return nil
    }

    private func hear(_ message: Message, _ inbox: any Inbox) -> Rest? {
        switch message.method {
        case .cancelled:
            guard let extent = message.requestId else { return nil }
            // A modern server asks nothing, and ends with it what was to stay open.
            if !peer.end(openEnded: extent, in: message) {
                withdraw(Array(message.bytes[extent.range]))
            }
            return nil
        case .progress:
            guard let token = message.reportedToken,
                let caller = peer.caller(reporting: token, in: message)
            else { return nil }
            return .aside(message, caller)
        case .message: return .aside(message, inbox.hearer { peer.orderedCallers })
        default: return .aside(message, nil)
        }
    }

    // MARK: What the server asks

    private func ask(
        _ message: Message, _ inbox: any Inbox, _ group: inout DiscardingTaskGroup
    ) -> Rest? {
        guard let extent = message.id else { return nil }
        let id = Array(message.bytes[extent.range])
        let question = OpenQuestion(size: message.bytes.count, asked: peer.elapsed)
        if let refusal = questions.withLock({ $0.add(question, id: id) }) {
            reply(.error(Answer.error(code: -32600, refusal)), to: id)
            return nil
        }
        let addressee = Addressee()
        group.addImmediateTask { [self] in
            guard questions.withLock({ $0.begin(question, id: id) }) else { return }
            let answer = await inbox.question(
                message, callers: peer.orderedCallers, reply: self, asking: addressee)
            // A withdrawn question gets no answer (MCP, "Cancellation").
            if questions.withLock({ $0.finish(question, id: id) }) { reply(answer, to: id) }
        }
        // The question has been sent by now, unless it was answered without a client.
        guard let outlet = addressee.outlet, outlet.isCongested else { return nil }
        return .room(outlet)
    }

    private func withdraw(_ id: [UInt8]) {
        questions.withLock { $0.withdraw(id) }
    }

    /// Answers in the client's place what it has left unanswered for too long.
    private func expire(at now: ContinuousClock.Instant) {
        let late = questions.withLock { questions in
            questions.isEmpty ? [] : questions.withdrawLate(at: peer.start.duration(to: now))
        }
        for id in late {
            let error = Answer.error(code: -32603, "The client did not answer in 10 min.")
            reply(.error(error), to: id)
        }
    }

    private func reply(_ answer: Answer, to id: [UInt8]) {
        peer.write(answer, id: id)
    }

    // MARK: What cannot be read

    private func refuse(_ rejection: Rejection, _ inbox: any Inbox, excerpt: String = "") {
        // What does not even claim to be JSON-RPC 2.0 is noise, whatever else it looks like.
        guard rejection.code != .version else { return inbox.noise(rejection.reason) }
        // What says nothing under an id of ours can only be the answer to it.
        let isAnswer = rejection.isEmpty && rejection.id.map(peer.hasAsked) == true
        fail(
            id: rejection.id, isResponse: rejection.isResponse || isAnswer,
            rejection.reason + excerpt, inbox)
    }

    /// The beginning of a line that was never meant to be a message, such as a start-up banner.
    ///
    /// Broken messages are not quoted: their content is nobody's business.
    private static func excerpt(of line: [UInt8]) -> String {
        let start = line.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        guard start != UInt8(ascii: "{"), start != UInt8(ascii: "[") else { return "" }
        return " ('\(String(decoding: line.prefix(80), as: UTF8.self))')"
    }

    /// `isWhole` says that the line surely was an answer, only unreadable: without an id it belongs to
    /// the only call under way, if there is just one.
    private func fail(
        id: [UInt8]?, isResponse: Bool, _ reason: String, _ inbox: any Inbox, isWhole: Bool = false
    ) {
        if isResponse, id != nil || isWhole {
            let failure = Failure(
                .malformed,
                "Upstream '\(peer.name)' answered with something that is no answer: \(reason)",
                upstream: peer.name, executed: id == nil ? .unknown : .yes)
            if peer.fail(id: id, failure) { return }
        } else if let id {
            reply(.error(Answer.error(code: -32600, "Invalid request: \(reason)")), to: id)
        }
        inbox.noise(reason)
    }
}
