import Aggregator
import Fronts
import Machine
import Wire

/// The door for clients over HTTP: where it listens, and how it takes over another section `inbound`.
struct HTTPDoor: Sendable {
    let front: HTTPFront
    private let address: ListenAddress
    /// Those of the hub, which stay.
    private let limits: Limits
    private let log: Log

    /// Listens.
    init(
        _ hub: Hub, _ assembly: Assembly, at address: ListenAddress, _ keys: DoorKeys
    ) throws(MachineFailure) {
        let settings = Self.settings(hub.configuration, hub.limits, at: address, keys)
        front = HTTPFront(
            server: try HTTPServer.listen(settings, on: assembly.loop), hub: hub)
        limits = hub.limits
        self.address = address
        log = assembly.log
    }

    /// Where it is reached.
    var url: String { address.url(port: front.server.port, isSecure: front.server.speaksTLS) }

    private static func settings(
        _ configuration: Configuration, _ limits: Limits, at address: ListenAddress,
        _ keys: DoorKeys
    ) -> HTTPServerSettings {
        var settings = HTTPServerSettings()
        settings.address = address.host
        settings.port = address.port
        // Processes that share a key can stand in for each other.
        settings.sharesPort = !configuration.inbound.sealingKeys.isEmpty
        settings.limits.body = limits.bytes
        settings.bodyLimitName = "limits.message"
        settings.highWater = configuration.limits.queue
        settings.bodyDeadline = configuration.inbound.requestIdle
        settings.headDeadline = min(settings.headDeadline, configuration.inbound.requestIdle)
        settings.tls = keys.tls
        return settings
    }

    // MARK: Another configuration

    /// Refuses a configuration under which anybody would get in.
    func check(_ loaded: LoadedConfiguration) throws(LoadError) {
        let inbound = loaded.configuration.inbound
        guard !address.isGuarded(by: inbound, speaksTLS: front.server.speaksTLS) else { return }
        throw loaded.error([
            Diagnostic(
                "'inbound' would let anybody in at \(url); set 'bearer', or start again with "
                    + (inbound.tls?.clientCA == nil
                        ? "'--http' and an address of this machine" : "what 'tls' says now"),
                at: loaded.mark("inbound"))
        ])
    }

    /// Lets those in whom another configuration lets in, and says what has to wait.
    func adopt(_ new: Configuration, after old: Configuration, _ keys: DoorKeys) {
        front.server.adopt(Self.settings(new, limits, at: address, keys))
        front.adopt(new.inbound)
        let isSecure = front.server.speaksTLS
        if (new.inbound.tls == nil) != (old.inbound.tls == nil),
            (new.inbound.tls != nil) != isSecure
        {
            log(
                .warning,
                "What 'inbound.tls' says takes effect with the next start; until then \(url) "
                    + (isSecure ? "speaks TLS as before." : "speaks no TLS."))
        }
        if new.inbound.sealingKeys.isEmpty != old.inbound.sealingKeys.isEmpty {
            log(
                .warning,
                "Whether other processes may listen at the same port, which follows from "
                    + "'inbound.sealingKeys', is decided at the next start.")
        }
    }
}
