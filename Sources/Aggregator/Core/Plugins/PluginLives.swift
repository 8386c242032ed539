import Synchronization

/// What the plugins in force do besides judging, such as running a program.
///
/// A plugin that a reload has replaced goes on for as long as anybody asks it something: a call that is
/// still at its upstream has its answer judged.
final class PluginLives: Sendable {
    /// A plugin that runs.
    private final class Life: Sendable {
        /// Raised when it is out of force.
        let replaced = Signal()
        /// The ends of the tenures that it has been in; of those that are over not all.
        let tenures = Mutex<[Signal]>([])

        func enters(_ tenure: Tenure) {
            tenures.withLock { tenures in
                tenures.removeAll { $0.version > 0 }
                tenures.append(tenure.end)
            }
        }

        /// Waits until it is out of force and nobody asks it anything any more.
        func end() async {
            await replaced.wait(after: 0)
            for tenure in tenures.withLock({ $0 }) { await tenure.wait(after: 0) }
        }
    }

    private let running = Mutex<[ObjectIdentifier: Life]>([:])

    /// Starts what is new among the plugins of these chains, and lets the others end; `again` is done
    /// whenever one of them wants to review again.
    func start(
        _ chains: Chains, in nursery: Nursery, again: @escaping @Sendable () -> Void = {}
    ) {
        let (new, gone) = running.withLock { running in
            let keys = Set(chains.plugins.map(\.life))
            let gone = running.filter { !keys.contains($0.key) }
            for key in gone.keys { running[key] = nil }
            var new: [(any Plugin, Life)] = []
            for plugin in chains.plugins where running[plugin.life] == nil {
                let life = Life()
                running[plugin.life] = life
                new.append((plugin, life))
            }
            for life in running.values { life.enters(chains.tenure) }
            return (new, Array(gone.values))
        }
        for (plugin, life) in new {
            nursery.start { await Self.live(plugin, life, again) }
        }
        for life in gone { life.replaced.raise() }
    }

    private static func live(
        _ plugin: any Plugin, _ life: Life, _ again: @escaping @Sendable () -> Void
    ) async {
        await withDiscardingTaskGroup { group in
            group.addImmediateTask { await plugin.run() }
            if let signal = plugin.again {
                group.addImmediateTask { await pass(on: signal, to: again) }
            }
            await life.end()
            group.cancelAll()
        }
    }

    private static func pass(on signal: Signal, to again: @Sendable () -> Void) async {
        var version: UInt64 = 0
        while true {
            await signal.wait(after: version)
            if Task.isCancelled { return }
            version = signal.version
            again()
        }
    }
}
