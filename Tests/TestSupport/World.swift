package import Aggregator
import Synchronization
import Wire

/// A whole aggregator in memory: a hub, scripted upstreams, clients, and time that stands still.
///
/// Nothing happens except in `run` and `advance`, on the test's own thread; hence
/// `@unchecked Sendable`.
package final class World: @unchecked Sendable {
    package let loop: Loop
    package let time: ManualTime
    package let storage: MemoryStorage
    package let log: LogLines
    package let hub: Hub
    package private(set) var servers: [ScriptedServer]
    package private(set) var clients: [Client] = []
    private var work: Task<Void, Never>?

    /// A world with these upstreams, in this order.
    ///
    /// Its order of events follows from `seed`;
    /// without one, first come, first served. `fraction` is the jitter that back-off sees.
    package init(
        _ servers: [ScriptedServer], seed: UInt64? = nil, plugins: [any Plugin] = [],
        storage: MemoryStorage = MemoryStorage(), fraction: Double = 0.5,
        parks: ParkLimits = ParkLimits(),
        configure: (inout Configuration) -> Void = { _ in }
    ) {
        let time = ManualTime()
        let log = LogLines()
        loop = Loop(seed: seed)
        self.time = time
        self.log = log
        self.storage = storage
        self.servers = servers
        for server in servers { server.time = time }
        hub = Hub(
            configuration: Self.configuration(servers, configure),
            endpoints: Self.endpoints(servers), plugins: plugins,
            services: Services(
                time: time, log: log.log,
                identity: Services.Identity(name: "manifold", title: nil, version: "0"),
                digest: standInDigest, sealer: MemorySealer(now: { .seconds(Self.seconds(time)) }),
                clock: { Self.seconds(time) }, random: { fraction }),
            storage: storage, parks: parks)
        work = loop.start { [hub] in await hub.run() }
        run()
    }

    /// The time of day: it passes as the clock does, from one process to the next too.
    private static func seconds(_ time: ManualTime) -> Int {
        Int(beginning.duration(to: time.now).components.seconds) + 1_700_000_000
    }

    private static let beginning = ContinuousClock.now

    /// The configuration that names these servers.
    package static func configuration(
        _ servers: [ScriptedServer], _ configure: (inout Configuration) -> Void = { _ in }
    ) -> Configuration {
        var configuration = Configuration()
        configuration.upstreams = servers.map { server in
            var upstream = Configuration.Upstream(
                name: server.name, kind: "scripted", settings: ScriptedSettings(print: server.print)
            )
            upstream.timeouts = server.timeouts
            upstream.era = server.setting
            return upstream
        }
        configure(&configuration)
        return configuration
    }

    private static func endpoints(_ servers: [ScriptedServer]) -> [String: any Endpoint] {
        Dictionary(servers.map { ($0.name, $0) }) { first, _ in first }
    }

    /// Puts another configuration in force, as a reload does.
    package func reload(
        _ servers: [ScriptedServer], plugins: [any Plugin] = [],
        configure: (inout Configuration) -> Void = { _ in }
    ) {
        self.servers += servers.filter { server in !self.servers.contains { $0 === server } }
        for server in servers { server.time = time }
        hub.apply(
            Self.configuration(servers, configure), endpoints: Self.endpoints(servers),
            plugins: plugins)
        run()
    }

    // MARK: Letting it happen

    /// Lets everything happen that needs no time to pass.
    package func run() {
        var isBusy = true
        while isBusy {
            isBusy = loop.run()
            // The end of a turn: what was written arrives.
            for server in servers {
                for connection in server.connections where connection.deliver() { isBusy = true }
            }
            // Who waited for room may go on.
            for client in clients where client.collect() { isBusy = true }
        }
    }

    /// Lets time pass, stopping at every moment that somebody waits for.
    package func advance(by duration: Duration) {
        run()
        let end = time.now.advanced(by: duration)
        while let next = time.earliest, next <= end {
            time.set(next)
            run()
        }
        time.set(end)
        run()
    }

    /// A client that has not said anything yet.
    package func client() -> Client {
        let client = Client(self)
        clients.append(client)
        return client
    }

    /// Ends everything; afterwards nothing may be left that waits.
    package func stop() {
        for client in clients { client.end() }
        work?.cancel()
        run()
    }

    /// Whether the hub's own task has returned.
    package var isOver: Bool { time.waiting == 0 }

    deinit { work?.cancel() }
}

/// What a scripted upstream's entry holds: enough to tell a changed one.
package struct ScriptedSettings: Settings {
    /// Different for entries that differ.
    package var print: String

    /// The settings that have this print.
    package init(print: String) { self.print = print }
}
