import Aggregator
import Fronts
import Machine
import Signing
import Upstreams
import Wire

/// A bridge while it serves: one door, one child.
struct BridgeRun {
    let address: ListenAddress
    let dialect: BridgeFrontSettings.Dialect
    let name: String
    let environment: Environment
    let log: Log
    /// The child, once it is needed.
    let upstream: @Sendable () throws(Failure) -> Configuration.Upstream

    /// Serves until SIGTERM or SIGINT.
    func run() throws -> Int32 {
        let loop = try EventLoop.make()
        return loop.run { await serve(on: loop) }
    }

    private func serve(on loop: EventLoop) async -> Int32 {
        let front: BridgeFront
        do throws(MachineFailure) {
            front = BridgeFront(server: try listen(on: loop), settings: settings(loop))
        } catch {
            log(.error, error.message)
            return ExitCode.failure
        }
        await withTaskGroup(of: Void.self) { group in
            group.addImmediateTask {
                let signals = loop.signals(Self.endings)
                guard let number = await signals.next() else { return }
                log(.info, "Stopping on signal \(number).")
                front.stop()
            }
            await front.run()
            group.cancelAll()
        }
        return ExitCode.success
    }

    /// SIGINT and SIGTERM.
    private static let endings: Set<Int32> = [2, 15]

    private func listen(on loop: EventLoop) throws(MachineFailure) -> HTTPServer {
        var settings = HTTPServerSettings()
        settings.address = address.host
        settings.port = address.port
        settings.limits.body = Self.limits.message
        settings.highWater = Self.limits.queue
        let server = try HTTPServer.listen(settings, on: loop)
        let host = address.host.contains(":") ? "[\(address.host)]" : address.host
        log(.info, "Manifold \(Version.current), bridge to '\(name)'.")
        log(.info, "Listening on http://\(host):\(server.port)/invocations.")
        if !address.isLoopback { log(.info, "Whoever reaches this port speaks to '\(name)'.") }
        return server
    }

    private static let limits = Configuration.Limits()

    private func settings(_ loop: EventLoop) -> BridgeFrontSettings {
        BridgeFrontSettings(
            name: name, dialect: dialect, limits: Wire.Limits(bytes: Self.limits.message),
            time: loop, log: log,
            clock: { Int(WallClock.sinceEpoch.components.seconds) }
        ) { [self] sessionId throws(Failure) in
            try endpoint(sessionId, loop)
        }
    }

    /// The way to the child, which inherits everything: the environment of the container is its own.
    private func endpoint(
        _ sessionId: String?, _ loop: EventLoop
    ) throws(Failure) -> any Endpoint {
        let upstream = try upstream()
        guard var settings = upstream.settings as? StdioSettings else {
            preconditionFailure("A bridge is for a child process.")
        }
        settings.inheritEnv = .all
        let usual = [("PYTHONUNBUFFERED", "1"), ("PYTHONIOENCODING", "UTF-8")]
        for (name, value) in usual where environment[name] == nil {
            settings.env.append(.init(name: name, value: Text(value)))
        }
        if let sessionId {
            settings.env.append(.init(name: "MCP_SESSION_ID", value: Text(sessionId)))
        }
        let tools = Tools(
            loop: loop, time: loop, environment: environment,
            accounts: AWSAccounts(environment, on: loop, time: loop), log: log,
            messageLimit: Self.limits.message, lastWords: "the log")
        return StdioEndpoint(upstream, settings, tools)
    }
}
