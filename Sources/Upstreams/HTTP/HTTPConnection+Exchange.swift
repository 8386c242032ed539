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

    /// How often a call may be sent in all, redirects included.
    private static let mostSends = 16
    /// How many of them may be redirects.
    private static let mostRedirects = 3

    /// Carries a call out and settles it.
    func carry(_ exchange: Exchange) async {
        exchange.began()
        await untilGreeted()
        var place = mailbox ?? route.place
        var redirects = 0
        while exchange.outcome == nil, !Task.isCancelled {
            switch await step(exchange, place) {
            case .answered(let message): exchange.settle(.success(message))
            case .failed(let failure): exchange.settle(.failure(failure))
            case .again(let pause, let failure):
                if exchange.sends >= Self.mostSends { exchange.settle(.failure(failure)) }
                if pause > .zero { await tools.time.sleep(for: pause) }
            case .elsewhere(let next, let failure):
                redirects += 1
                if redirects > Self.mostRedirects { exchange.settle(.failure(failure)) }
                place = next
            }
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
        if exchange.isOpening { forgetSession(exchange) }
        let (context, parameters) = state.withLock { ($0.context, $0.parameters) }
        var request = route.request(
            "POST", place, route.fields.post(message, context) { parameters[$0] }, body: body)
        if route.manners.carriesTraces, let trace = exchange.call.trace {
            request.set("traceparent", trace)
        }
        do throws(Failure) {
            try await route.authorize(&request)
        } catch {
            return .failed(error)
        }
        exchange.sent()
        border?.saw(body, isOutgoing: true)
        do throws(MachineFailure) {
            let response = try await route.client.send(request)
            reached(nil)
            exchange.heard(at: elapsed)
            return await judge(response, request, exchange, context)
        } catch {
            reached(error)
            return broken(error, exchange)
        }
    }

    /// A read that was cut off is made again once; what never left, where the server wants it so.
    private func broken(_ error: MachineFailure, _ exchange: Exchange) -> Step {
        let failure = faults.broken(error)
        if error.delivery == .notSent {
            guard error.code != .cancelled, state.withLock({ $0.over }) == nil,
                let retry = route.manners.retriesUnsent,
                let pause = pause(retry, exchange)
            else { return .failed(failure) }
            return .again(pause, failure)
        }
        return exchange.repeats() ? .again(.zero, failure) : .failed(failure)
    }

    /// A handshake belongs to no session; nor does the question that finds out whether there is one.
    private func forgetSession(_ exchange: Exchange) {
        state.withLock { state in
            if exchange.call.method == .initialize { state.context = RequestFields.Context() }
            state.context.session = nil
        }
    }

    // MARK: Judging

    /// Reads the answer whatever its status, because the status alone does not say what it means.
    private func judge(
        _ response: any HTTPAnswer, _ request: HTTPClientRequest, _ exchange: Exchange,
        _ context: RequestFields.Context
    ) async -> Step {
        let status = response.status
        if (200..<300).contains(status) {
            route.milestones.letIn(true)
            let step = await read(response, exchange, context)
            guard case .answered(let message) = step else { return step }
            guard message.kind == .error else {
                route.milestones.gotAnswer()
                if exchange.isOpening { state.withLock { $0.obstacle = nil } }
                return step
            }
            let refusal = HTTPRefusal(status, response.fields, message)
            return await judge(refusal, request, exchange, context) ?? step
        }
        if (300..<400).contains(status) { return redirect(response) }
        let body = try? await response.whole(limit: route.limit)
        let error = body.flatMap { errorMessage($0, exchange.id) }
        let refusal = HTTPRefusal(status, response.fields, error, body: body)
        // Without a session the standard's ways to say that it is lost mean something else.
        if status != 401, status != 403, let lost = lostSession(status, error, context) {
            return .failed(lost)
        }
        if let step = await judge(refusal, request, exchange, context) { return step }
        let failure = faults.status(status, response.fields)
        if status == 401 || status == 403 { return .failed(failure) }
        if let error {
            border?.saw(error.bytes, isOutgoing: false)
            return .answered(error)
        }
        if isOldTransport(status, exchange) { return await openMailbox(exchange, failure) }
        return .failed(failure)
    }

    /// What the manners make of a refusal; nil if nothing.
    private func judge(
        _ refusal: HTTPRefusal, _ request: HTTPClientRequest, _ exchange: Exchange,
        _ context: RequestFields.Context
    ) async -> Step? {
        let manners = route.manners
        let failure = manners.explain(refusal) ?? faults.refusal(refusal)
        if manners.doubtsCredentials(refusal), exchange.renews(),
            await route.refused(request, refusal)
        {
            return .again(.zero, failure)
        }
        route.milestones.letIn(
            !manners.turnsAway(refusal), failure.account, lacksRight: manners.lacksRight(refusal))
        if context.session != nil, manners.forgets(refusal) { return .failed(lost(refusal.status)) }
        if let retry = manners.retry(refusal), let pause = pause(retry, exchange) {
            if exchange.isOpening { state.withLock { $0.obstacle = failure.account } }
            explainPause(exchange, failure)
            return .again(pause, failure)
        }
        return manners.explain(refusal).map { .failed($0) }
    }

    /// How long to wait before a call is made again; nil if it must not be, or not any more.
    private func pause(_ retry: Retry, _ exchange: Exchange) -> Duration? {
        guard retry.scope == .every || exchange.isRepeatable,
            let pause = retry.pause(sent: exchange.sends, fraction: tools.random()),
            elapsed + pause <= exchange.start + route.manners.retryTime
        else { return nil }
        return pause
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
        return isCertain ? lost(status) : nil
    }

    private func lost(_ status: Int) -> Failure {
        Failure(.forgotten, "Upstream '\(name)' has lost its session (\(status)).", upstream: name)
    }

    /// Only to a place of the same server, and only in a way that keeps the request as it is.
    private func redirect(_ response: any HTTPAnswer) -> Step {
        let failure = faults.status(response.status, response.fields)
        guard response.status == 307 || response.status == 308,
            let next = response.fields["location"].flatMap({ route.place.following($0) })
        else { return .failed(failure) }
        return .elsewhere(next, failure)
    }
}

extension Call {
    /// The trace that it belongs to, if what its client wrote is one.
    fileprivate var trace: String? {
        guard let text = traceParent, text.utf8.count == 55,
            text.utf8.allSatisfy({ "0123456789abcdef-".utf8.contains($0) })
        else { return nil }
        return text
    }
}
