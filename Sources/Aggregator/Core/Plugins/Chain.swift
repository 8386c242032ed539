import Synchronization
import Wire

/// The plugins that want calls of one method, folded for each target that is called.
final class Chain: Sendable {
    private let plugins: [any Plugin]
    private let method: Method
    private let end: Next
    private let around: Surroundings
    /// The chain of every target, where no plugin is choosy.
    private let common: Next?
    private let known = Mutex<[Target: Next?]>([:])

    /// How many targets are remembered: names are few, but URIs anybody can make up.
    private static let most = 4096

    /// What all steps of all chains of a configuration share.
    struct Surroundings: Sendable {
        let time: any Timekeeper
        let tenure: Tenure
    }

    /// Prepares the chain around `end`; the first plugin is outermost.
    init(_ plugins: [any Plugin], _ method: Method, _ end: Next, _ around: Surroundings) {
        self.plugins = plugins
        self.method = method
        self.end = end
        self.around = around
        let isNarrow = plugins.contains { $0.scope.isNarrow }
        common = isNarrow ? nil : Self.fold(plugins, end, around)
    }

    /// The chain of calls to a target; nil when no plugin wants them.
    subscript(_ target: Target) -> Next? {
        if let common { return common }
        if let found = known.withLock({ $0[target] }) { return found }
        let new = Self.fold(plugins.filter { $0.scope.covers(method, target) }, end, around)
        known.withLock { known in
            if known.count >= Self.most { known.removeAll() }
            known[target] = .some(new)
        }
        return new
    }

    private static func fold(
        _ plugins: [any Plugin], _ end: Next, _ around: Surroundings
    ) -> Next? {
        guard !plugins.isEmpty else { return nil }
        return plugins.reversed().reduce(end) { next, plugin in step(plugin, next, around) }
    }

    /// One plugin, with what it takes itself counted; what is behind it is not its time.
    private static func step(_ plugin: any Plugin, _ next: Next, _ around: Surroundings) -> Next {
        Next { (call) async throws(Failure) -> Answer in
            defer { withExtendedLifetime(around.tenure) {} }
            let time = around.time
            let start = time.now
            let away = Mutex(Duration.zero)
            let timed = Next { (call) async throws(Failure) -> Answer in
                let left = time.now
                defer {
                    let wait = left.duration(to: time.now)
                    away.withLock { $0 += wait }
                }
                return try await next(call)
            }
            defer {
                let whole = start.duration(to: time.now)
                plugin.counters.hit(took: whole - away.withLock { $0 })
            }
            return try await plugin.handle(call, next: timed)
        }
    }
}
