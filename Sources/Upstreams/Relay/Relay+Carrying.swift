import Aggregator
import Machine
import Synchronization
import Wire

/// One message of the client: sent, and answered by the server or by us.
extension Relay {
    /// What one try comes to.
    enum Outcome {
        /// What there was to say was said.
        case over
        case trouble(RelayTrouble)
        /// The server does not know us (any more), and has not run anything.
        case forgotten(Loss)
    }

    /// A refusal that a greeting may mend.
    struct Loss {
        /// The status, where that said it; nil for an answer.
        let status: Int?
        /// What the client gets if it does not.
        let answer: Parcel?
        let trouble: RelayTrouble?
    }

    /// Carries a message to its end.
    func carry(_ exchange: RelayExchange) async {
        exchange.taken()
        if exchange.parcel.kind != .response { await roster.passed(exchange) }
        if let body = await filtered(exchange) { await perform(exchange, body) }
        exchange.ended()
        roster.done(exchange)
    }

    /// What is sent; nil if the message was answered here.
    private func filtered(_ exchange: RelayExchange) async -> [UInt8]? {
        guard let filter else { return exchange.parcel.bytes }
        switch await filter.outgoing(exchange.parcel, self) {
        case .send(let body, as: nil): return body
        case .send(let body, as: let name?):
            guard let side = others[name] else { return body }
            exchange.go(as: side)
            if let trouble = await open(side, for: exchange.parcel) {
                report(trouble, exchange)
                return nil
            }
            return body
        case .answer(let answers):
            for (line, id) in answers {
                if let answer = try? Parcel(line), roster.settle(id, with: answer) != nil {
                    print(line)
                }
            }
            return nil
        }
    }

    private func perform(_ exchange: RelayExchange, _ body: [UInt8]) async {
        let isSerial = serial.withLock { $0.isOn }
        guard isSerial, exchange.parcel.kind != .notification else {
            return await finish(exchange, body)
        }
        await line.take {
            if exchange.isOpen || exchange.parcel.asked.isEmpty { await finish(exchange, body) }
        }
    }

    /// Sends it, greets the server again if it has to be, and says what went wrong otherwise.
    private func finish(_ exchange: RelayExchange, _ body: [UInt8]) async {
        let generation = exchange.side.session.withLock { $0.generation }
        switch await attempt(exchange, body, mayRepair: true) {
        case .over: break
        case .trouble(let trouble): report(trouble, exchange)
        case .forgotten(let loss): await mend(loss, exchange, body, generation)
        }
    }

    private func mend(
        _ loss: Loss, _ exchange: RelayExchange, _ body: [UInt8], _ generation: Int
    ) async {
        guard await reopen(exchange.side, from: generation, status: loss.status) else {
            return giveUp(loss, exchange)
        }
        switch await attempt(exchange, body, mayRepair: false) {
        case .over:
            if exchange.code == -32602 {
                exchange.side.session.withLock { $0.reopenedInVain(at: time.now) }
            }
            say(.replayed)
        case .trouble(let trouble): report(trouble, exchange)
        case .forgotten(let loss): giveUp(loss, exchange)
        }
    }

    private func giveUp(_ loss: Loss, _ exchange: RelayExchange) {
        if let answer = loss.answer { show(answer) }
        if let trouble = loss.trouble { report(trouble, exchange) }
    }

    /// One try: sent, as often as that is safe, and its answer read.
    func attempt(_ exchange: RelayExchange, _ body: [UInt8], mayRepair: Bool) async -> Outcome {
        switch await send(exchange.parcel, body, as: exchange.side) {
        case .success(let accepted):
            if exchange.parcel.asked.isEmpty { await delivered(exchange, accepted) }
            return await read(accepted, exchange, mayRepair: mayRepair)
        case .failure(let trouble):
            guard case .refused(let refusal) = trouble else { return .trouble(trouble) }
            if mayRepair, mayHaveLost(refusal, exchange) {
                let answer = refusal.answer.flatMap { own($0, exchange) }
                return .forgotten(
                    Loss(
                        status: refusal.status, answer: answer,
                        trouble: answer == nil ? trouble : nil))
            }
            guard let answer = refusal.answer.flatMap({ own($0, exchange) }) else {
                return .trouble(trouble)
            }
            show(answer)
            return .over
        }
    }

    private func delivered(_ exchange: RelayExchange, _ accepted: Accepted) async {
        if exchange.parcel.method == .initialized {
            // Bridges to a pipe say that there is nothing to come; servers of MCP, that it was taken.
            let isBridge = accepted.response.status == 204 && settings.mayBeSerial
            let isPlain = exchange.side.session.withLock { $0.assigned == nil && !$0.isDuplex }
            if isBridge, isPlain { serial.withLock { $0.isOn = true } }
            greeted.raise()
        }
        roster.done(exchange)
    }

    /// An error that a refusal came with, as the answer to a request; nil if it is to another one.
    ///
    /// One without an id can only be about the request that it answers (MCP, "Responses").
    func own(_ answer: Parcel, _ exchange: RelayExchange) -> Parcel? {
        guard let asked = exchange.missing.first else { return nil }
        if answer.answered.contains(asked) { return answer }
        return answer.answered.isEmpty ? addressed(answer, to: asked) : nil
    }

    private func addressed(_ answer: Parcel, to id: RelayId) -> Parcel? {
        guard let message = answer.message, let error = message.error else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("jsonrpc")
        writer.string("2.0")
        writer.key("id")
        writer.raw(id.token)
        writer.key("error")
        writer.value(message.value(error))
        writer.endObject()
        return try? Parcel(writer.bytes, limits: Limits(bytes: settings.limit))
    }

    /// Answers what is not answered yet; what wanted no answer gets none.
    func report(_ trouble: RelayTrouble, _ exchange: RelayExchange) {
        guard !Task.isCancelled else { return }
        let trouble = lateness(trouble, exchange)
        let missing = exchange.missing
        guard !missing.isEmpty, !exchange.isOwn else {
            return say(.unheard(trouble, exchange.parcel))
        }
        for line in voice.preface(trouble) { print(line) }
        for id in missing {
            print(voice.answer(trouble, to: id, of: exchange.parcel))
        }
        roster.done(exchange)
    }

    /// The same, or that a tool took longer than it may.
    private func lateness(_ trouble: RelayTrouble, _ exchange: RelayExchange) -> RelayTrouble {
        guard let limit = settings.toolTime, exchange.parcel.method == .toolsCall,
            time.now >= exchange.began.advanced(by: limit)
        else { return trouble }
        return .late(limit)
    }

    /// Hears that the client does not want an answer any more; whose task that was.
    ///
    /// A serial server would take the end of a request for nothing, and go on waiting for its line.
    func withdraw(_ parcel: Parcel) -> RelayExchange? {
        guard let message = parcel.message, let extent = message.requestId,
            let id = RelayId(message.value(extent)), let exchange = roster.withdraw(id)
        else { return nil }
        return serial.withLock { $0.isOn } ? nil : exchange
    }
}
