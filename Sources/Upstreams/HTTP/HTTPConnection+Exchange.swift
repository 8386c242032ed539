import Aggregator
import Machine
import Synchronization
import Wire

/// One call over HTTP: sent, judged by what comes back, and made again only where that is safe.
extension HTTPConnection {
    /// What one try comes to.
    enum Step {
        case answered(Message)
        case failed(Failure)
        /// It may be tried once more, after a pause; this is what it fails with otherwise.
        case again(Duration, Failure)
        /// The server wants it at another place of its own.
        case elsewhere(Place, Failure)
    }

    /// How often a call may be made in all, redirects included.
    private static let mostTries = 4

    /// Carries a call out and settles it.
    func carry(_ exchange: Exchange) async {
        exchange.began()
        await untilGreeted()
        var place = mailbox ?? route.place
        for attempt in 1...Self.mostTries {
            let isLast = attempt == Self.mostTries
            switch await step(exchange, place) {
            case .answered(let message): exchange.settle(.success(message))
            case .failed(let failure): exchange.settle(.failure(failure))
            case .again(let pause, let failure):
                if isLast { exchange.settle(.failure(failure)) }
                if pause > .zero { await tools.time.sleep(for: pause) }
            case .elsewhere(let next, let failure):
                if isLast { exchange.settle(.failure(failure)) }
                place = next
            }
            if exchange.outcome != nil || Task.isCancelled { break }
        }
        exchange.ended()
    }

    private func step(_ exchange: Exchange, _ place: Place) async -> Step {
        if route.transport == .sse || mailbox != nil { return await mail(exchange) }
        var body: [UInt8] = []
        exchange.call.draft.write(numbered: exchange.id, into: &body)
        guard let message = try? Message(scanning: body, limits: Limits(bytes: body.count)) else {
            return .failed(Failure(.invalidRequest, "The request is malformed.", upstream: name))
        }
        if message.method == .initialize { forgetSession() }
        let (context, parameters) = state.withLock { ($0.context, $0.parameters) }
        var request = route.request(
            "POST", place, route.fields.post(message, context) { parameters[$0] }, body: body)
        do throws(Failure) {
            try await route.authorize(&request)
        } catch {
            return .failed(error)
        }
        do throws(MachineFailure) {
            let response = try await route.client.send(request)
            reached(nil)
            exchange.heard(at: elapsed)
            return await judge(response, request, exchange, context)
        } catch {
            reached(error)
            let failure = faults.broken(error)
            // A read that was cut off is made again once; `.again` is counted by its pause.
            let mayRepeat = exchange.isRepeatable && error.delivery != .notSent
            return mayRepeat && exchange.repeats() ? .again(.zero, failure) : .failed(failure)
        }
    }

    private func forgetSession() {
        state.withLock { $0.context = RequestFields.Context() }
    }

    // MARK: Judging

    /// Reads the answer whatever its status, because the status alone does not say what it means.
    private func judge(
        _ response: HTTPClientResponse, _ request: HTTPClientRequest, _ exchange: Exchange,
        _ context: RequestFields.Context
    ) async -> Step {
        let status = response.status
        if status == 401 || status == 403 {
            let isRenewed =
                await route.refused(request, status: status, fields: response.fields)
            let failure = faults.status(status, response.fields)
            return isRenewed ? .again(.zero, failure) : .failed(failure)
        }
        if (200..<300).contains(status) { return await read(response, exchange, context) }
        if (300..<400).contains(status) { return redirect(response) }
        let body = try? await response.whole(limit: route.limit)
        let error = body.flatMap { errorMessage($0, exchange.id) }
        if let lost = lostSession(status, error, context) { return .failed(lost) }
        if let error { return .answered(error) }
        let failure = faults.status(status, response.fields)
        if status == 429 || status == 503, exchange.isRepeatable,
            let pause = Self.pause(response.fields)
        {
            return .again(pause, failure)
        }
        if isOldTransport(status, exchange) { return await openMailbox(exchange, failure) }
        return .failed(failure)
    }

    /// The error that a body is, if it is one of this request.
    ///
    /// One without a usable id belongs to the request that it answers (MCP, "Responses").
    private func errorMessage(_ body: [UInt8], _ id: Int) -> Message? {
        guard let message = try? Message(scanning: body, limits: Limits(bytes: route.limit)),
            message.kind == .error, Self.belongs(message, to: id)
        else { return nil }
        return message
    }

    /// Whether an answer is to a request: by its id, or an error without one of ours.
    static func belongs(_ message: Message, to id: Int) -> Bool {
        guard let extent = message.id else { return message.kind == .error }
        let value = message.value(extent)
        if value.kind == .number { return value.integer == id }
        return message.kind == .error
    }

    /// Whether the server refused the request because of its session.
    private func lostSession(
        _ status: Int, _ error: Message?, _ context: RequestFields.Context
    ) -> Failure? {
        guard context.revision != nil else { return nil }
        // A modern server that speaks of sessions is none any more.
        guard context.session != nil || context.revision?.isModern == true else { return nil }
        let value = error?.error.flatMap { error?.value($0) }
        let code = value?["code"]?.integer
        if context.session == nil, code.map({ (-32022 ... -32020).contains($0) }) ?? false {
            return nil
        }
        let verdict = SessionLoss.judge(
            status: status, code: code, message: value?["message"]?.string)
        let isCertain = verdict == .certain && (context.session != nil || status == 400)
        guard isCertain else { return nil }
        return Failure(
            .forgotten, "Upstream '\(name)' has lost its session (\(status)).", upstream: name)
    }

    /// Only to a place of the same server, and only in a way that keeps the request as it is.
    private func redirect(_ response: HTTPClientResponse) -> Step {
        let failure = faults.status(response.status, response.fields)
        guard response.status == 307 || response.status == 308,
            let next = response.fields["location"].flatMap({ route.place.following($0) })
        else { return .failed(failure) }
        return .elsewhere(next, failure)
    }

    /// How long a busy server wants to be left alone, if that is not too long.
    private static func pause(_ fields: HTTPFields) -> Duration? {
        guard let seconds = fields["retry-after"].flatMap({ Int($0) }), (0...5).contains(seconds)
        else { return nil }
        return .seconds(seconds)
    }
}
