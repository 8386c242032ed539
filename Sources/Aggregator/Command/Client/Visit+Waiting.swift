import Aggregator

extension Visit {
    /// Waits until every upstream is connected and listed, or has failed once; false when late.
    func settle(within patience: Duration) async -> Bool {
        let deadline = hub.services.time.now.advanced(by: patience)
        return await patiently(saying: { starting }) {
            await hub.wait(until: deadline) { isSettled }
        }
    }

    /// Whether nothing more is to be expected from the upstreams' first tries.
    var isSettled: Bool { unsettled.isEmpty && !hub.isSettling }

    /// The upstreams that are still on their way.
    var unsettled: [UpstreamStatus] {
        hub.upstreams.filter { $0.isEnabled && !$0.isReady && $0.lastFailure == nil }
    }

    private var starting: String {
        let names = unsettled.map(\.name)
        return names.isEmpty ? "Fetching lists" : "Waiting for \(names.joined(separator: ", "))"
    }

    /// Runs `work`, and says what it is about when it takes more than a second.
    func patiently<Result: Sendable>(
        saying what: @escaping @Sendable () -> String,
        _ work: @escaping @Sendable () async -> Result
    ) async -> Result {
        await withTaskGroup(of: Result?.self, returning: Result.self) { group in
            group.addImmediateTask { await work() }
            group.addImmediateTask {
                await tick(what)
                return nil
            }
            for await case let result? in group {
                group.cancelAll()
                console.notices.clear()
                return result
            }
            return await work()
        }
    }

    private func tick(_ what: @Sendable () -> String) async {
        let time = hub.services.time
        let start = time.now
        var isFirst = true
        while !Task.isCancelled {
            await time.sleep(for: .seconds(1))
            guard !Task.isCancelled, !console.notices.isBusy else { continue }
            let seconds = start.duration(to: time.now).components.seconds
            console.notices.show("\(what()) … \(seconds) s", matters: isFirst)
            isFirst = false
        }
    }
}
