import Aggregator
import Machine
import Plugins
import Signing
import Upstreams

extension EventLoop: Timekeeper {}
extension Seal: Sealer {}

/// Puts the parts together: the only file that knows every kind of everything.
struct Assembly: Sendable {
    let loop: EventLoop
    let environment: Environment
    let log: Log
    /// Shared by all upstreams, and kept when the configuration is read again.
    let accounts: AWSAccounts
    /// Who writes down what crosses the border to upstreams, if anybody does.
    let recorder: Recorder?
    /// Where clients find what a server wrote last; nil for commands, which show it themselves.
    let lastWords: String?
    /// Whether the process goes on when a call has failed; false of commands.
    let triesAgain: Bool

    /// Parts that live on a loop.
    init(
        loop: EventLoop, environment: Environment, log: Log, recorder: Recorder? = nil,
        lastWords: String? = nil, triesAgain: Bool = true
    ) {
        self.triesAgain = triesAgain
        self.recorder = recorder
        self.lastWords = lastWords
        self.loop = loop
        self.environment = environment
        self.log = log
        accounts = AWSAccounts(environment, on: loop, time: loop)
    }

    /// The domain for a configuration, with the catalog of earlier runs, which it keeps up to date or not.
    func hub(
        _ loaded: LoadedConfiguration, keepsCatalog: Bool = true, sealer: (any Sealer)? = nil
    ) -> Hub {
        let configuration = loaded.configuration
        let file = CatalogFile(loaded.location, environment, OffLoop(threads: 1), log)
        let storage: any CatalogStorage = keepsCatalog ? file : ReadOnlyStorage(storage: file)
        return Hub(
            configuration: configuration, endpoints: endpoints(configuration),
            plugins: PluginKinds.chain(configuration, pluginTools(keepsFiles: keepsCatalog)),
            services: services(configuration, sealer), storage: storage)
    }

    /// What the domain is lent under a configuration.
    func services(_ configuration: Configuration, _ sealer: (any Sealer)? = nil) -> Services {
        Services(
            time: loop, log: log,
            identity: Services.Identity(
                name: configuration.server.name, title: configuration.server.title,
                version: Version.current),
            digest: { Digest.sha256($0) }, sealer: sealer ?? Seal([.random()]),
            clock: { Int(WallClock.sinceEpoch.components.seconds) }, triesAgain: triesAgain)
    }

    /// What plugins are lent.
    func pluginTools(keepsFiles: Bool) -> PluginTools {
        PluginTools(
            time: loop, log: log, offLoop: OffLoop(threads: 2), keepsFiles: keepsFiles,
            programs: PluginTools.Surroundings(loop: loop, environment: environment))
    }

    /// The endpoint of each enabled upstream, by its name.
    func endpoints(_ configuration: Configuration) -> [String: any Endpoint] {
        UpstreamKinds.endpoints(
            configuration,
            Tools(
                loop: loop, time: loop, environment: environment, accounts: accounts, log: log,
                messageLimit: configuration.limits.message, tap: recorder, lastWords: lastWords))
    }
}

/// Knows what is kept and changes nothing: for those who look at a part of it only.
struct ReadOnlyStorage: CatalogStorage {
    let storage: any CatalogStorage

    func load() -> [UInt8]? { storage.load() }
    func save(_ bytes: [UInt8]) async {}
}

/// Our own version.
enum Version {
    static let current = "0.1.0"
}
