import Aggregator
import Machine
import Plugins
import Upstreams

extension EventLoop: Timekeeper {}

/// Puts the parts together: the only file that knows every kind of everything.
struct Assembly: Sendable {
    let loop: EventLoop
    let environment: Environment
    let log: Log

    /// The domain for a configuration, with or without the catalog of earlier runs.
    func hub(_ loaded: LoadedConfiguration, isWarm: Bool = true) -> Hub {
        let configuration = loaded.configuration
        let services = Services(
            time: loop, log: log,
            identity: Services.Identity(
                name: configuration.server.name, title: configuration.server.title,
                version: Version.current),
            digest: { Digest.sha256($0) })
        let storage: any CatalogStorage =
            isWarm ? CatalogFile(loaded.location, environment, OffLoop(threads: 1), log) : NoStorage()
        return Hub(
            configuration: configuration, endpoints: endpoints(configuration),
            plugins: PluginKinds.chain(configuration), services: services, storage: storage)
    }

    func endpoints(_ configuration: Configuration) -> [String: any Endpoint] {
        UpstreamKinds.endpoints(
            configuration,
            Tools(
                loop: loop, time: loop, environment: environment, log: log,
                messageLimit: configuration.limits.message))
    }
}

/// Keeps nothing.
struct NoStorage: CatalogStorage {
    func load() -> [UInt8]? { nil }
    func save(_ bytes: [UInt8]) async {}
}

/// Our own version.
enum Version {
    static let current = "0.1.0"
}
