import Aggregator
import Machine
import Synchronization
import Wire

/// HTTP with SSE, the transport of 2024-11-05: a stream says where messages are posted to, and brings
/// all answers.
extension HTTPConnection {
    /// Whether a server that refuses a greeting like this may know only the old transport.
    func isOldTransport(_ status: Int, _ exchange: Exchange) -> Bool {
        exchange.call.method == .initialize && route.transport == .auto
            && [400, 404, 405].contains(status)
    }

    /// Opens the stream and sends the greeting to where it says; `otherwise` is what is told if there
    /// is no such stream.
    func openMailbox(_ exchange: Exchange, _ otherwise: Failure?) async -> Step {
        let opened = Signal()
        let failure = Mutex<Failure?>(nil)
        nursery.start {
            let reason = await self.keepMailbox()
            failure.withLock { $0 = reason }
            opened.raise()
            self.changed.raise()
        }
        while !Task.isCancelled, exchange.outcome == nil {
            let version = changed.version
            if mailbox != nil { return await mail(exchange) }
            if let reason = failure.withLock({ $0 }) { return .failed(otherwise ?? reason) }
            await changed.wait(after: version)
        }
        return .failed(otherwise ?? faults.unanswered("was not asked"))
    }

    /// Posts a call; its answer comes on the stream.
    func mail(_ exchange: Exchange) async -> Step {
        guard let mailbox else {
            // A probe would be lost on it.
            guard exchange.call.method == .initialize else {
                return .failed(faults.unreadable("the transport of 2024-11-05 knows no probe."))
            }
            return await openMailbox(exchange, nil)
        }
        var body: [UInt8] = []
        exchange.call.draft.write(numbered: exchange.id, into: &body)
        var request = route.request(
            "POST", mailbox, route.fields.headers + [("Content-Type", "application/json")],
            body: body)
        do throws(Failure) {
            try await route.authorize(&request)
        } catch {
            return .failed(error)
        }
        border?.saw(body, isOutgoing: true)
        do throws(MachineFailure) {
            let response = try await route.client.send(request)
            reached(nil)
            _ = try await response.whole(limit: 1 << 20)
            guard (200..<300).contains(response.status) else {
                return .failed(faults.status(response.status, response.fields))
            }
        } catch {
            reached(error)
            return .failed(faults.broken(error))
        }
        guard let outcome = await exchange.wait() else {
            return .failed(faults.unanswered("ended the stream of events"))
        }
        switch outcome {
        case .success(let message): return .answered(message)
        case .failure(let failure): return .failed(failure)
        }
    }

    /// Reads the stream until it ends, and with it the conversation; why it could not be opened.
    private func keepMailbox() async -> Failure {
        var request = route.request("GET", route.place, route.fields.get(.init(), after: nil))
        request.deadlines.firstByte = entry.timeouts.start
        let response: any HTTPAnswer
        do throws(Failure) {
            try await route.authorize(&request)
        } catch {
            return error
        }
        do throws(MachineFailure) {
            response = try await route.client.send(request)
        } catch {
            return faults.broken(error)
        }
        let type = (response.fields["content-type"] ?? "").lowercased()
        guard response.status == 200, type.hasPrefix("text/event-stream") else {
            return faults.status(response.status, response.fields)
        }
        let reason = await hearMailbox(response)
        if mailbox != nil { end(reason) }
        return reason
    }

    /// Hears what comes on the stream until it ends, or cannot be read on; why that is.
    private func hearMailbox(_ response: any HTTPAnswer) async -> Failure {
        var events = Events(
            parser: EventParser(limits: EventLimits(bytes: route.limit)), last: nil)
        while let piece = (try? await response.next()) ?? nil {
            signsOfLife()
            var at = 0
            do throws(Failure) {
                while let event = try next(&events, piece, &at) {
                    if event.name == "endpoint" {
                        if let refusal = found(event) { return refusal }
                    } else {
                        for message in messages(in: event, of: nil) { _ = await hear(message, nil) }
                    }
                }
            } catch {
                return Failure(.lost, error.reason, upstream: name)
            }
        }
        return Failure(.lost, "Upstream '\(name)' ended its stream of events.", upstream: name)
    }

    /// Notes where messages are posted to, which must be a place of the same server.
    private func found(_ event: ServerEvent) -> Failure? {
        let reference = String(decoding: event.data, as: UTF8.self)
        guard let place = route.place.following(reference) else {
            return Failure(
                .unavailable,
                "Upstream '\(name)' wants messages to be sent to \(route.place.host(of: reference)), "
                    + "which is another server.", upstream: name)
        }
        state.withLock { $0.mailbox = $0.mailbox ?? place }
        changed.raise()
        return nil
    }

    /// What comes on the one stream is heard of every call.
    private func signsOfLife() {
        let now = elapsed
        for exchange in state.withLock({ Array($0.exchanges.values) }) { exchange.heard(at: now) }
    }
}
