import Aggregator
import Fronts
import Machine
import Wire

/// A server on standard input and output that answers from a recording.
struct ReplayServer: Sendable {
    let recording: Recording
    /// The file, for errors.
    let file: String
    let log: Log

    /// Serves until the client is gone; returns the exit code.
    func run() throws -> Int32 {
        let loop = try EventLoop.make()
        return loop.run {
            let hub = hub(loop)
            do throws(MachineFailure) {
                let streams = try StandardStreams.take(on: loop)
                let front = StdioFront(input: streams.input, output: streams.output, hub: hub)
                await serve(front, hub, loop)
                return ExitCode.success
            } catch {
                log(.error, "\(error.message)")
                return ExitCode.failure
            }
        }
    }

    private func serve(_ front: StdioFront, _ hub: Hub, _ loop: EventLoop) async {
        await withTaskGroup(of: Bool.self) { group in
            group.addImmediateTask {
                await front.run()
                return true
            }
            group.addImmediateTask {
                await hub.run()
                return false
            }
            group.addImmediateTask {
                let signals = loop.signals([1, 2, 15])
                while await signals.next() != nil { front.stop() }
                return false
            }
            for await isFront in group where isFront { group.cancelAll() }
        }
    }

    /// The domain with the recorded servers behind it; one alone keeps its names.
    func hub(_ time: any Timekeeper) -> Hub {
        let names = recording.upstreams
        let servers = names.map { RecordedServer(recording.keeping($0).exchanges) }
        let profile = servers.count == 1 ? Profile(servers[0]) : Profile()
        var configuration = Configuration()
        configuration.names.prefix = names.count == 1 ? .never : .always
        configuration.names.maxLength = Naming.hardLimit
        configuration.server.instructions = profile.instructions
        configuration.server.instructionsBudget = 1 << 20
        configuration.upstreams = names.map {
            Configuration.Upstream(name: $0, kind: "recording", settings: Nothing())
        }
        var endpoints: [String: any Endpoint] = [:]
        for (name, server) in zip(names, servers) {
            endpoints[name] = ReplayEndpoint(
                name: name, file: file, server: ReplayedServer(server), log: log)
        }
        return Hub(
            configuration: configuration, endpoints: endpoints, plugins: [],
            services: services(profile, time), storage: Forgetful())
    }

    private func services(_ profile: Profile, _ time: any Timekeeper) -> Services {
        Services(
            time: time, log: log,
            identity: Services.Identity(
                name: profile.name, title: profile.title, version: profile.version,
                capabilities: profile.capabilities),
            digest: { Digest.sha256($0) }, sealer: Seal([.random()]),
            clock: { Int(WallClock.sinceEpoch.components.seconds) })
    }

    /// What a server says about itself, which is said in its place.
    private struct Profile {
        var name = "recording"
        var title: String?
        var version = Version.current
        var instructions: String?
        var capabilities: [UInt8]?

        init() {}

        init(_ server: RecordedServer) {
            for method in [Method.discover, .initialize] {
                guard let answer = server.latest(method),
                    let result = answer.result.map({ answer.value($0) })
                else { continue }
                let info =
                    result["serverInfo"]
                    ?? result["_meta"]?["io.modelcontextprotocol/serverInfo"]
                name = info?["name"]?.string ?? name
                title = info?["title"]?.string ?? title
                version = info?["version"]?.string ?? version
                instructions = result["instructions"]?.string ?? instructions
                capabilities = result["capabilities"].map(Self.relayed) ?? capabilities
            }
        }

        /// Without tasks, which are not relayed.
        private static func relayed(_ capabilities: Value) -> [UInt8] {
            var writer = JSONWriter()
            writer.beginObject()
            for (key, member) in capabilities.members where !key.isText("tasks") {
                writer.key(key.string ?? "")
                writer.value(member)
            }
            writer.endObject()
            return writer.bytes
        }
    }

    /// The settings of an upstream that has none.
    private struct Nothing: Settings {}

    /// Nothing of a replay is kept.
    private struct Forgetful: CatalogStorage {
        func load() -> [UInt8]? { nil }
        func save(_ bytes: [UInt8]) async {}
    }
}
