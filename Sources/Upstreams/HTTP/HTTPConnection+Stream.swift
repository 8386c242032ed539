import Aggregator
import Machine
import Synchronization
import Wire

/// The stream of what a legacy server says unasked, and streams that are taken up again.
extension HTTPConnection {
    /// What came of asking for a stream of events.
    enum Opening {
        case events(any HTTPAnswer)
        /// It may work later.
        case failed
        /// It will not.
        case refused
    }

    /// Asks for the rest of a stream.
    func resume(after event: String, _ context: RequestFields.Context) async -> Opening {
        await open(context, after: event)
    }

    private func open(_ context: RequestFields.Context, after event: String?) async -> Opening {
        var request = route.request(
            "GET", route.place, route.fields.get(context, after: event))
        request.deadlines.firstByte = entry.timeouts.start
        do {
            try await route.authorize(&request)
            let response = try await route.client.send(request)
            let type = (response.fields["content-type"] ?? "").lowercased()
            if response.status == 200, type.hasPrefix("text/event-stream") {
                return .events(response)
            }
            return response.status >= 500 || response.status == 429 ? .failed : .refused
        } catch {
            return .failed
        }
    }

    /// Keeps the stream of the present session open; that of an earlier one ends.
    func openStream() {
        let number = state.withLock { state in
            state.stream?.cancel()
            state.streamed += 1
            return state.streamed
        }
        nursery.start { await self.keepStream(number) }
    }

    private func keepStream(_ number: Int) async {
        TaskHandle.withCurrent { task in
            state.withLock { if $0.streamed == number { $0.stream = task } }
        }
        defer { state.withLock { if $0.streamed == number { $0.stream = nil } } }
        await untilGreeted()
        var backoff = Backoff()
        var events = Events(
            parser: EventParser(limits: EventLimits(bytes: route.limit)), last: nil)
        while !Task.isCancelled, state.withLock({ $0.streamed == number }) {
            let began = elapsed
            switch await open(context, after: events.last) {
            case .refused: return
            case .failed: break
            case .events(let response):
                events.parser = EventParser(limits: EventLimits(bytes: route.limit))
                await follow(response, &events)
            }
            if began + .seconds(10) <= elapsed { backoff.succeeded() }
            let pause = backoff.failed(fraction: Double.random(in: 0.5..<1))
            await tools.time.sleep(for: max(pause, events.retry ?? .milliseconds(500)))
        }
    }

    /// Nothing overtakes `initialized`.
    func untilGreeted() async {
        while !Task.isCancelled {
            let version = changed.version
            if !state.withLock({ $0.isGreeting }) { return }
            await changed.wait(after: version)
        }
    }

    /// Hears everything that comes on a stream, until it ends or cannot be read on.
    func follow(_ response: any HTTPAnswer, _ events: inout Events) async {
        while let piece = (try? await response.next()) ?? nil {
            var at = 0
            do throws(Failure) {
                while let event = try next(&events, piece, &at) {
                    for message in messages(in: event, of: nil) { _ = await hear(message, nil) }
                }
            } catch {
                state.withLock { $0.inbox }?.noise(error.reason)
                return
            }
        }
    }
}
