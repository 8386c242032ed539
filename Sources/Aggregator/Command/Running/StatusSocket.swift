import Aggregator
import Machine

/// Answers `manifold status`: whoever of the same user connects is sent the status as JSON.
struct StatusSocket: Sendable {
    private let hub: Hub
    private let assembly: Assembly

    init(_ hub: Hub, _ assembly: Assembly) {
        self.hub = hub
        self.assembly = assembly
    }

    func run() async {
        guard let folder = PrivateFolders.sockets(assembly.environment) else { return }
        let path = "\(folder)/\(Environment.processId).sock"
        do throws(MachineFailure) {
            try File.makePrivateFolder(folder)
            let listener = try LocalListener.listen(at: path, on: assembly.loop)
            defer { listener.close() }
            while true {
                let client = try await listener.accept()
                let status = hub.status
                client.output.write { $0 += status }
                hub.start { await client.output.finish() }
            }
        } catch {
            guard error.code != .cancelled else { return }
            assembly.log(.warning, "'manifold status' will not work: \(error.message)")
        }
    }
}
