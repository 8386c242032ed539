package import Aggregator
package import Machine
import Wire

/// A local AgentCore: runtimes, gateways, a token issuer and credentials at one address.
///
/// | path | what |
/// |---|---|
/// | `/runtimes/…` | the data plane (`AWS_ENDPOINT_URL_BEDROCK_AGENTCORE`) |
/// | `/gateways/<name>/mcp` | a gateway |
/// | `/issuer/…` | discovery, keys and tokens |
/// | `/identities/…` | AgentCore Identity: tokens for workloads |
/// | `/latest/…` | instance metadata (`AWS_EC2_METADATA_SERVICE_ENDPOINT`) |
/// | `/sts` | who a caller is (`AWS_ENDPOINT_URL_STS`) |
/// | `/credentials` | credentials for containers (`AWS_CONTAINER_CREDENTIALS_FULL_URI`) |
/// | `/_emulator/…` | state and faults |
package final class Emulator: Sendable {
    /// Where it is reached, without a slash at the end.
    package let base: String
    /// What it consists of.
    package let settings: EmulatorSettings
    private let server: HTTPServer
    private let client: HTTPClient
    private let nursery = Nursery()
    private let gateways: [Gateway]
    private let edge: RuntimeEdge
    private let doors: [String: GatewayDoor]
    private let issuer: Issuer
    private let metadata: MetadataService
    private let identity: IdentityService
    private let workloads: WorkloadService
    private let host: ProgramHost
    private let administration: Administration
    private let log: Log

    /// What it needs of the process that runs it.
    package struct Surroundings: Sendable {
        let loop: EventLoop
        let time: any Timekeeper
        let wall: @Sendable () -> Duration
        let environment: Environment
        let log: Log
        /// Where relative paths of commands start from.
        let folder: String?
        /// Makes the hub of a gateway.
        let hub: @Sendable (Configuration) -> Hub

        /// With everything given.
        package init(
            loop: EventLoop, time: any Timekeeper, wall: @escaping @Sendable () -> Duration,
            environment: Environment, log: Log, folder: String?,
            hub: @escaping @Sendable (Configuration) -> Hub
        ) {
            self.loop = loop
            self.time = time
            self.wall = wall
            self.environment = environment
            self.log = log
            self.folder = folder
            self.hub = hub
        }
    }

    /// An emulator that listens, and serves once it is run.
    package init(_ settings: EmulatorSettings, _ surroundings: Surroundings) throws(MachineFailure)
    {
        var listening = HTTPServerSettings()
        listening.address = settings.address
        listening.port = settings.port
        listening.limits.body = HeaderRules.mostBytes + (1 << 20)
        server = try HTTPServer.listen(listening, on: surroundings.loop)
        base = "http://\(settings.address):\(server.port)"
        self.settings = settings
        log = surroundings.log
        client = HTTPClient(on: surroundings.loop, HTTPClientSettings(Environment([])))

        let time = PlatformTime(keeper: surroundings.time, speed: settings.speed)
        let clock = ServiceClock(surroundings.wall)
        let faults = Faults()
        let keys = KeyRing(settings)
        issuer = Issuer("\(base)/issuer", settings.issuer, clock, faults)
        metadata = MetadataService(keys, clock, settings)
        let host = ProgramHost(
            loop: surroundings.loop, client: client, time: time, log: surroundings.log,
            environment: surroundings.environment, folder: surroundings.folder, base: base,
            settings: settings)
        self.host = host
        var signatures = SignatureCheck(keys: keys, clock: clock, region: settings.region)
        let gate = Gate(
            signatures: signatures,
            tokens: TokenCheck(issuer: issuer, clock: clock), faults: faults)
        workloads = WorkloadService(gate, issuer, settings)
        signatures.service = "sts"
        identity = IdentityService(signatures: signatures, account: settings.account)
        let nursery = nursery
        let runtimes = settings.runtimes.map { Runtime($0, on: host, faults, nursery) }
        edge = RuntimeEdge(
            runtimes: runtimes, settings: settings, gate: gate, faults: faults, host: host,
            issuer: issuer.url)
        gateways = settings.gateways.map { settings in
            Gateway(settings, surroundings.hub(Gateway.configuration(settings)), time)
        }
        var doors: [String: GatewayDoor] = [:]
        for gateway in gateways {
            let name = gateway.settings.name
            doors[name] = GatewayDoor(
                gateway: gateway, gate: gate, faults: faults, base: "\(base)/gateways/\(name)",
                issuer: issuer.url)
        }
        self.doors = doors
        administration = Administration(
            faults: faults, clock: clock, runtimes: runtimes, gateways: gateways)
    }

    /// The runtimes whose programs cannot be started, and why; nothing is started to see.
    package var unstartable: [(runtime: String, failure: MachineFailure)] {
        settings.runtimes.compactMap { runtime in
            do throws(MachineFailure) {
                try host.launch(runtime, port: server.port).rehearse()
                return nil
            } catch {
                return (runtime.name, error)
            }
        }
    }

    // MARK: Life

    /// Serves until the task is cancelled; then every program is stopped.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addImmediateTask { await self.nursery.run() }
            for gateway in gateways {
                group.addImmediateTask { await gateway.hub.run() }
            }
            group.addImmediateTask {
                await self.server.run(
                    reporting: { self.log(.error, "\($0.message)") }, { await self.handle($0) })
            }
        }
        for gateway in gateways { gateway.close() }
        client.close()
    }

    // MARK: Requests

    private func handle(_ exchange: HTTPExchange) async {
        guard Self.isOurs(exchange.head.fields) else {
            return exchange.answer(
                .misdirectedRequest, Array(#"{"message":"Only this machine is served."}"#.utf8))
        }
        let path = exchange.head.pathText
        log(.debug, "\(exchange.head.methodName) \(path)")
        let parts = path.split(
            separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        let rest = parts.count > 2 ? "/\(parts[2])" : ""
        switch parts.count > 1 ? parts[1] : "" {
        case "runtimes": await edge.handle(exchange)
        case "gateways": await enterGateway(exchange, rest)
        case "issuer": issuer.handle(exchange, rest)
        case "identities": workloads.handle(exchange, rest)
        case "latest": metadata.handle(exchange, rest)
        case "sts": identity.handle(exchange)
        case "credentials": metadata.handleContainer(exchange)
        case "_emulator": administration.handle(exchange, rest)
        default:
            exchange.answer(.notFound, Array(#"{"message":"Nothing is here."}"#.utf8))
        }
    }

    private func enterGateway(_ exchange: HTTPExchange, _ path: String) async {
        let name = path.dropFirst().prefix { $0 != "/" }
        guard let door = doors[String(name)] else {
            return exchange.answer(
                .notFound, Array(#"{"message":"There is no gateway of this name."}"#.utf8))
        }
        await door.handle(exchange, String(path.dropFirst(name.count + 1)))
    }

    /// A page of another site, or one that has its own name point to this machine, must not get at its
    /// programs.
    private static func isOurs(_ fields: Fields) -> Bool {
        let origins = fields.values(of: .origin).map { origin in
            origin.text.firstRange(of: "://").map { origin.text[$0.upperBound...] } ?? ""
        }
        let host = fields[.host]?.text ?? ""
        return ([host[...]] + origins).allSatisfy(isLoopback)
    }

    private static func isLoopback(_ authority: Substring) -> Bool {
        let isBracketed = authority.first == "["
        let name = authority.prefix { isBracketed ? $0 != "]" : $0 != ":" }
        return ["localhost", "127.0.0.1", "[::1"].contains(name)
    }
}
