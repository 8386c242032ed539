import Aggregator
import Machine
import Synchronization
import Wire

/// What the server says besides answers, and what it asks.
extension HTTPConnection {
    /// Takes a message that came on the stream of a call, or unasked; the answer to that call, if it
    /// is one.
    func hear(_ message: Message, _ exchange: Exchange?) async -> Message? {
        border?.saw(message.bytes, isOutgoing: false)
        guard let inbox = state.withLock({ $0.inbox }) else { return nil }
        switch message.kind {
        case .result, .error: return settle(message, exchange, inbox)
        case .notification: await tell(message, exchange, inbox)
        case .request: ask(message, exchange, inbox)
        }
        return nil
    }

    private func settle(
        _ message: Message, _ exchange: Exchange?, _ inbox: any Inbox
    ) -> Message? {
        if let exchange, Self.belongs(message, to: exchange.id) { return message }
        // Where answers come on a stream of their own, their ids say whose they are.
        if mailbox != nil, let id = message.id.flatMap({ message.value($0).integer }) {
            let other = state.withLock { $0.exchanges[id] }
            if other?.settle(.success(message)) == true { return nil }
        }
        inbox.noise("An answer carries an id that was never asked with.")
        return nil
    }

    private func tell(_ message: Message, _ exchange: Exchange?, _ inbox: any Inbox) async {
        switch message.method {
        case .cancelled:
            guard let extent = message.requestId else { return }
            let id = message.value(extent).integer
            if let exchange, exchange.call.isOpenEnded, id == exchange.id {
                let failure = Failure(
                    .lost, "Upstream '\(name)' has ended the request.", upstream: name,
                    executed: .yes)
                exchange.settle(.failure(failure))
            } else {
                questions.withLock { $0.withdraw(Array(message[extent])) }
            }
        case .progress:
            guard let extent = message.reportedToken,
                let id = message.value(extent).integer,
                let caller = state.withLock({ $0.exchanges[id] })?.call.caller
            else { return }
            await pausing(exchange) { await inbox.aside(message, caller: caller) }
        case .message:
            // What comes on a call's stream is about that call.
            let caller = exchange?.call.caller ?? inbox.hearer { self.callers }
            await pausing(exchange) { await inbox.aside(message, caller: caller) }
        default:
            await pausing(exchange) { await inbox.aside(message, caller: nil) }
        }
    }

    /// Back-pressure: whoever reads slowly slows down the server that speaks to them.
    private func pausing(_ exchange: Exchange?, _ body: () async -> Void) async {
        exchange?.pause(true, at: elapsed)
        await body()
        exchange?.pause(false, at: elapsed)
    }

    // MARK: Questions

    /// Asks whom the server means: on a call's stream whoever called.
    private func ask(_ message: Message, _ exchange: Exchange?, _ inbox: any Inbox) {
        guard let extent = message.id else { return }
        guard !isModern else { return inbox.noise("A modern server asks back.") }
        let id = Array(message[extent])
        let question = OpenQuestion(size: message.bytes.count, asked: elapsed)
        if let refusal = questions.withLock({ $0.add(question, id: id) }) {
            return reply(.error(Answer.error(code: -32600, refusal)), to: id)
        }
        let callers = exchange.map { [$0.call.caller].compactMap(\.self) } ?? self.callers
        exchange?.asking(1, at: elapsed)
        nursery.start {
            defer { exchange?.asking(-1, at: self.elapsed) }
            // What came with it may have withdrawn it already.
            guard self.questions.withLock({ $0.begin(question, id: id) }) else { return }
            let answer = await inbox.question(
                message, callers: callers, reply: self, asking: Addressee())
            // A withdrawn question gets no answer (MCP, "Cancellation").
            if self.questions.withLock({ $0.finish(question, id: id) }) {
                self.reply(answer, to: id, of: exchange)
            }
        }
    }

    /// Answers in the client's place what it has left unanswered for too long.
    func expireQuestions(at now: Duration) {
        let late = questions.withLock { $0.isEmpty ? [] : $0.withdrawLate(at: now) }
        for id in late {
            reply(
                .error(Answer.error(code: -32603, "The client did not answer in 10 min.")), to: id)
        }
    }

    /// Gives the server the answer to its question.
    ///
    /// It waits for it, and would for ever: a call that has asked ends if the answer cannot be given.
    private func reply(_ answer: Answer, to id: [UInt8], of exchange: Exchange? = nil) {
        nursery.start {
            var body: [UInt8] = []
            answer.write(id: id[...], into: &body)
            guard let failure = await self.deliver(body, sends: Self.sendsOfAnswers) else { return }
            self.tools.log(.debug, failure.account)
            guard let exchange else { return }
            let outcome = Failure(
                failure.code,
                "Upstream '\(self.name)' asked a question, and could not be given the answer: "
                    + failure.reason, advice: failure.advice, upstream: self.name,
                executed: .unknown)
            if exchange.settle(.failure(outcome)) { self.withdraw(exchange, nil) }
        }
    }

    /// How often an answer is sent that did not reach the server, with pauses that double from 100 ms.
    private static let sendsOfAnswers = 6

    /// Posts what gets no answer: notifications, and answers to questions; why it did not reach the
    /// server, if it did not.
    @discardableResult
    func deliver(_ body: [UInt8], sends: Int = 1) async -> Failure? {
        guard let message = try? Message(scanning: body, limits: Limits(bytes: body.count)) else {
            return nil
        }
        var pause = Duration.milliseconds(100)
        for _ in 1..<sends {
            guard let failure = await tell(message) else { return nil }
            // What may have arrived is not sent again.
            guard failure.executed == .no else { return failure }
            await tools.time.sleep(for: pause)
            if Task.isCancelled { return failure }
            pause *= 2
        }
        return await tell(message)
    }

    private func tell(_ message: Message) async -> Failure? {
        let (context, parameters) = state.withLock { ($0.context, $0.parameters) }
        var request = route.request(
            "POST", mailbox ?? route.place,
            route.fields.post(message, context) { parameters[$0] }, body: message.bytes)
        request.deadlines.firstByte = entry.timeouts.start
        request.deadlines.total = entry.timeouts.start
        do throws(Failure) {
            try await route.authorize(&request)
        } catch {
            return error
        }
        border?.saw(message.bytes, isOutgoing: true)
        do throws(MachineFailure) {
            let response = try await route.client.send(request)
            reached(nil)
            _ = try await response.whole(limit: 1 << 20)
            guard response.status >= 300 else { return nil }
            tools.log(
                .debug, "Upstream '\(name)' answered \(response.status) to a notification.")
            // A session that is not known any more waits for nothing.
            guard response.status == 404 else { return nil }
            return Failure(
                .lost, "Upstream '\(name)' does not know its session any more (404).",
                upstream: name, executed: .unknown)
        } catch {
            return faults.broken(error)
        }
    }
}
