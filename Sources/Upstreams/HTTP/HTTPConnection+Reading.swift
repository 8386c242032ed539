import Aggregator
import Machine
import Synchronization
import Wire

/// What comes back on a request: one message, several, or a stream of them.
extension HTTPConnection {
    /// Reads until the answer is there.
    func read(
        _ response: any HTTPAnswer, _ exchange: Exchange, _ context: RequestFields.Context
    ) async -> Step {
        if let coding = response.fields["content-encoding"], coding.lowercased() != "identity" {
            let reason = "it is coded as '\(coding.prefix(60))', which was not asked for."
            return .failed(faults.unreadable(reason))
        }
        let type = (response.fields["content-type"] ?? "").lowercased()
        if type.hasPrefix("text/event-stream") {
            return await readEvents(response, exchange, context)
        }
        guard type.hasPrefix("application/json") || type.contains("+json") else {
            return .failed(faults.status(response.status, response.fields))
        }
        do throws(MachineFailure) {
            let body = try await whole(response, exchange)
            return await readBody(body, response, exchange, context)
        } catch {
            return cutOff(exchange, faults.broken(error))
        }
    }

    /// The whole body; every piece of it is a sign of life.
    private func whole(
        _ response: any HTTPAnswer, _ exchange: Exchange
    ) async throws(MachineFailure) -> [UInt8] {
        var body: [UInt8] = []
        while let piece = try await response.next() {
            exchange.heard(at: elapsed)
            guard body.count + piece.count <= route.limit else {
                throw MachineFailure(
                    .tooLarge, "The answer is larger than \(route.limit) bytes ('limits.message').",
                    delivery: .answered)
            }
            if body.isEmpty { body = piece } else { body += piece }
        }
        return body
    }

    private func readBody(
        _ body: [UInt8], _ response: any HTTPAnswer, _ exchange: Exchange,
        _ context: RequestFields.Context
    ) async -> Step {
        let frame: Frame
        do throws(Rejection) {
            frame = try Frame(scanning: body, limits: Limits(bytes: route.limit))
        } catch {
            return .failed(faults.unreadable(error.reason))
        }
        var answer: Message?
        for message in frame.messages {
            answer = await hear(message, exchange) ?? answer
        }
        guard let answer else {
            return .failed(faults.unreadable("it is no answer to the request."))
        }
        adopt(response, exchange, answer, context)
        return .answered(answer)
    }

    /// Keeps the session that a successful handshake came with, or whatever answer where that counts;
    /// an error's is not ours, and neither is one from before the present session.
    private func adopt(
        _ response: any HTTPAnswer, _ exchange: Exchange, _ answer: Message,
        _ context: RequestFields.Context
    ) {
        let counts = exchange.call.method == .initialize || route.manners.keepsEverySession
        guard counts, answer.kind == .result, let session = response.fields["mcp-session-id"],
            !session.isEmpty, session.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return }
        state.withLock { state in
            guard state.context.session == context.session else { return }
            state.context.session = session
        }
        route.milestones.gotSession()
    }

    // MARK: Streams

    /// A stream of events of one request, and where it can be taken up again.
    struct Events {
        var parser: EventParser
        var last: String?
        var retry: Duration?
    }

    private func readEvents(
        _ response: any HTTPAnswer, _ exchange: Exchange, _ context: RequestFields.Context
    ) async -> Step {
        var events = Events(
            parser: EventParser(limits: EventLimits(bytes: route.limit)), last: nil)
        var response = response
        var tries = 0
        while true {
            let end: Failure
            do throws(Failure) {
                let seen = events.last
                if let answer = try await answer(on: response, exchange, &events) {
                    adopt(response, exchange, answer, context)
                    drain(response)
                    return .answered(answer)
                }
                if events.last != seen { tries = 0 }
                end = faults.unanswered("ended the stream of events")
            } catch {
                guard error.code != .malformed else { return .failed(error) }
                end = error
            }
            // Only a legacy stream with ids can be taken up again (MCP, "Resumability").
            guard context.revision?.isModern != true, let last = events.last, tries < 3,
                !Task.isCancelled
            else { return cutOff(exchange, end) }
            tries += 1
            await tools.time.sleep(for: events.retry ?? .milliseconds(500) * tries)
            switch await resume(after: last, context) {
            case .events(let next): response = next
            case .failed: continue
            case .refused: return .failed(end)
            }
        }
    }

    /// A read is made again once; everything else may have run.
    private func cutOff(_ exchange: Exchange, _ failure: Failure) -> Step {
        exchange.repeats() ? .again(.zero, failure) : .failed(failure)
    }

    /// Reads events until the answer; nil if the stream ends before.
    private func answer(
        on response: any HTTPAnswer, _ exchange: Exchange, _ events: inout Events
    ) async throws(Failure) -> Message? {
        while true {
            let piece: [UInt8]?
            do throws(MachineFailure) {
                piece = try await response.next()
            } catch {
                throw faults.broken(error)
            }
            exchange.heard(at: elapsed)
            // What the end cuts off is no event (HTML, "Server-sent events").
            guard let piece else { return nil }
            var at = 0
            while let event = try next(&events, piece, &at) {
                for message in messages(in: event, of: exchange) {
                    if let answer = await hear(message, exchange) { return answer }
                }
            }
        }
    }

    /// The next event in some bytes; ids and times to wait are noted.
    func next(
        _ events: inout Events, _ bytes: [UInt8], _ at: inout Int
    ) throws(Failure) -> ServerEvent? {
        do throws(EventFault) {
            guard let event = try events.parser.next(bytes.span, from: &at) else { return nil }
            if let id = event.id { events.last = id.isEmpty ? nil : id }
            if let retry = event.retry { events.retry = retry }
            return event
        } catch {
            throw faults.unreadable(error.sentence)
        }
    }

    /// The messages of an event; none if it is of a kind that is not known, or only carries an id.
    ///
    /// On the stream of a call, or where answers have one of their own, a broken answer ends its call:
    /// no other will come.
    func messages(in event: ServerEvent, of exchange: Exchange?) -> [Message] {
        guard !event.isPriming, event.name == nil || event.name == "message" else { return [] }
        do throws(Rejection) {
            let frame = try Frame(scanning: event.data, limits: Limits(bytes: route.limit))
            for rejection in frame.rejections { refuse(rejection, exchange) }
            return frame.messages
        } catch {
            refuse(error, exchange)
            return []
        }
    }

    private func refuse(_ rejection: Rejection, _ exchange: Exchange?) {
        if let broken = answered(by: rejection, exchange),
            broken.settle(.failure(faults.unreadable(rejection.reason)))
        {
            return
        }
        state.withLock { $0.inbox }?.noise("An event is no message: \(rejection.reason)")
    }

    /// The call that a broken answer belongs to, if it is one.
    private func answered(by rejection: Rejection, _ exchange: Exchange?) -> Exchange? {
        guard rejection.isResponse || rejection.isEmpty, let id = rejection.id,
            let number = Value(id, Extent(0..<id.count)).integer
        else { return nil }
        if let exchange { return exchange.id == number ? exchange : nil }
        return mailbox == nil ? nil : state.withLock { $0.exchanges[number] }
    }

    /// Reads on behind an answer, so that the connection can be used again; but not for long.
    private func drain(_ response: any HTTPAnswer) {
        nursery.start {
            await withTaskGroup(of: Void.self) { group in
                group.addImmediateTask {
                    while (try? await response.next()) ?? nil != nil {}
                }
                group.addImmediateTask { await self.tools.time.sleep(for: .seconds(1)) }
                await group.next()
                group.cancelAll()
            }
        }
    }
}

extension Frame {
    /// What is readable of it.
    fileprivate var messages: [Message] {
        switch self {
        case .message(let message): [message]
        case .batch(let batch): batch.compactMap { try? $0.get() }
        }
    }

    /// What is not.
    fileprivate var rejections: [Rejection] {
        guard case .batch(let batch) = self else { return [] }
        return batch.compactMap { element in
            if case .failure(let rejection) = element { rejection } else { nil }
        }
    }
}
