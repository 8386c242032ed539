import Synchronization

/// What the plugins in force do besides judging, such as running a program.
final class PluginLives: Sendable {
    /// How long a plugin that is out of force goes on for the calls that are still with it, at least;
    /// what it is being asked then is waited for besides.
    private static let grace = Duration.seconds(10)

    private let running = Mutex<[ObjectIdentifier: Signal]>([:])

    /// Starts what is new among these plugins, and ends what is not among them, after a while;
    /// `again` is done whenever one of them wants to prepare its reviews again.
    func start(
        _ plugins: [any Plugin], in nursery: Nursery, _ time: any Timekeeper,
        again: @escaping @Sendable () -> Void = {}
    ) {
        let (new, gone) = running.withLock { running in
            let keys = Set(plugins.map(\.life))
            let gone = running.filter { !keys.contains($0.key) }
            for key in gone.keys { running[key] = nil }
            var new: [(any Plugin, Signal)] = []
            for plugin in plugins where running[plugin.life] == nil {
                let end = Signal()
                running[plugin.life] = end
                new.append((plugin, end))
            }
            return (new, Array(gone.values))
        }
        for (plugin, end) in new {
            nursery.start { await Self.live(plugin, until: end, time, again) }
        }
        for end in gone { end.raise() }
    }

    private static func live(
        _ plugin: any Plugin, until end: Signal, _ time: any Timekeeper,
        _ again: @escaping @Sendable () -> Void
    ) async {
        await withDiscardingTaskGroup { group in
            group.addImmediateTask { await plugin.run() }
            if let signal = plugin.again {
                group.addImmediateTask { await pass(on: signal, to: again) }
            }
            await end.wait(after: 0)
            if !Task.isCancelled { await time.sleep(for: grace) }
            if !Task.isCancelled { await plugin.finish() }
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
