import Aggregator
import Fronts
import Machine
import Wire

/// The doors of one process: standard input and output, HTTP, or both.
struct Doors: Sendable {
    private let stdio: StdioFront?
    private let http: HTTPFront?
    /// Where it is reached over HTTP.
    let url: String?

    /// Takes the standard streams and listens, as far as either is wanted.
    init(
        _ hub: Hub, _ assembly: Assembly, at address: ListenAddress?, takesStandardStreams: Bool
    ) throws(MachineFailure) {
        if let address {
            let server = try Self.listen(hub.configuration, assembly, at: address)
            http = HTTPFront(server: server, hub: hub)
            url = address.url(
                port: server.port, isSecure: hub.configuration.inbound.tls != nil)
        } else {
            (http, url) = (nil, nil)
        }
        if takesStandardStreams {
            let streams = try StandardStreams.take(on: assembly.loop)
            stdio = StdioFront(input: streams.input, output: streams.output, hub: hub)
        } else {
            stdio = nil
        }
    }

    private static func listen(
        _ configuration: Configuration, _ assembly: Assembly, at address: ListenAddress
    ) throws(MachineFailure) -> HTTPServer {
        var settings = HTTPServerSettings()
        settings.address = address.host
        settings.port = address.port
        // Processes that share a key can stand in for each other.
        settings.sharesPort = !configuration.inbound.sealingKeys.isEmpty
        settings.limits.body = configuration.limits.message
        settings.highWater = configuration.limits.queue
        settings.bodyDeadline = configuration.inbound.requestIdle
        settings.headDeadline = min(settings.headDeadline, configuration.inbound.requestIdle)
        if let tls = configuration.inbound.tls, let certificate = tls.certificate, let key = tls.key
        {
            settings.tls = TLSSettings(
                certificate: certificate.value, key: key.value,
                clientAuthority: tls.clientCA?.value)
        }
        return try HTTPServer.listen(settings, on: assembly.loop)
    }

    /// Serves until the client that started us is gone, or nobody but HTTP clients was to be served
    /// and `stop` was called.
    func run() async {
        await withTaskGroup(of: Bool.self) { group in
            if let stdio {
                group.addImmediateTask {
                    await stdio.run()
                    return true
                }
            }
            if let http {
                group.addImmediateTask {
                    await http.run()
                    return stdio == nil
                }
            }
            for await isLast in group where isLast {
                http?.stop()
                group.cancelAll()
            }
        }
    }

    /// Closes them: calls on standard input end at once, those over HTTP have a moment to be answered.
    func stop() {
        stdio?.stop()
        http?.stop()
    }
}
