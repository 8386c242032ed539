import Synchronization
import Wire

/// Calls of clients with sessions whose upstream is of 2026-07-28 and asks inside of its results: the
/// rounds are driven here, and client and plugins see one call.
extension Hub {
    /// Sends a call to an upstream of the newest revision, as often as it takes.
    @inline(never)
    func driven(_ call: Call, _ caller: Caller, _ link: Link) async throws(Failure) -> Answer {
        let began = services.time.now
        return try await driven(try await link.call(call), call, caller, link, since: began)
    }

    /// Drives the rounds that an answer begins, if it begins any and the client cannot.
    ///
    /// `began` is when the call was sent first, from which its total time counts.
    @inline(never)
    func driven(
        _ first: Message, _ call: Call, _ caller: Caller, _ link: Link,
        since began: ContinuousClock.Instant
    ) async throws(Failure) -> Answer {
        guard !caller.envelope.revision.isModern, try link.demand(of: first) != nil,
            Item.Kind(routedBy: call.method) != nil
        else { return try adapt(first, call, link) }
        let driver = RoundDriver(
            call: call, caller: caller, link: link, services: services,
            page: { [self] in "\(services.clock())-\(pages.add(1, ordering: .relaxed).newValue)" })
        let deadline = link.settings.timeouts.total.map { began.advanced(by: $0) }
        return try adapt(try await driver.finish(first, until: deadline), call, link)
    }
}

extension Link {
    /// What an upstream's answer asks of a client with a session; nil when it asks nothing.
    ///
    /// That the client should have declared more, its revision has no code for: it reads so as text.
    func demand(of answer: Message) throws(Failure) -> InputRound? {
        if let error = answer.error.map({ answer.value($0) }), error["code"]?.integer == -32021 {
            throw missing(error)
        }
        guard let result = answer.result else { return nil }
        return try InputRound(answer.value(result), of: name)
    }

    private func missing(_ error: Value) -> Failure {
        let required = error["data"]?["requiredCapabilities"].map {
            " (\(String(decoding: JSONWriter.compact($0).prefix(200), as: UTF8.self)))"
        }
        let said = (error["message"]?.string ?? "").prefix(200)
        return Failure(
            .refused,
            "Upstream '\(name)' needs what the client did not offer\(required ?? ""): \(said)",
            upstream: name, executed: .unknown)
    }
}
