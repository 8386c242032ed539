import Aggregator
import Fronts
import Machine

/// The doors of one process: standard input and output, HTTP, or both.
struct Doors: Sendable {
    private let stdio: StdioFront?
    private let http: HTTPDoor?
    private let ring: SealRing
    private let offLoop = OffLoop(threads: 1)

    /// Takes the standard streams and listens, as far as either is wanted; `ring` seals for the hub.
    init(
        _ hub: Hub, _ assembly: Assembly, at address: ListenAddress?, _ keys: DoorKeys,
        _ ring: SealRing, takesStandardStreams: Bool
    ) throws(MachineFailure) {
        self.ring = ring
        http =
            if let address { try HTTPDoor(hub, assembly, at: address, keys) } else { nil }
        if takesStandardStreams {
            let streams = try StandardStreams.take(on: assembly.loop)
            stdio = StdioFront(input: streams.input, output: streams.output, hub: hub)
        } else {
            stdio = nil
        }
    }

    /// Where it is reached over HTTP.
    var url: String? { http?.url }

    /// What a configuration that was read again names for the doors, or why they cannot take it over.
    func keys(of loaded: LoadedConfiguration) async throws(LoadError) -> DoorKeys {
        try http?.check(loaded)
        let readsCertificate = http != nil
        return try await offLoop.run { () throws(LoadError) in
            try loaded.doorKeys(readsCertificate: readsCertificate)
        }
    }

    /// Takes over who may come in, and the keys, from the next request and connection on.
    func adopt(_ new: Configuration, after old: Configuration, _ keys: DoorKeys) {
        ring.adopt(keys.sealing)
        http?.adopt(new, after: old, keys)
    }

    /// Serves until the client that started us is gone, or nobody but HTTP clients was to be served
    /// and `stop` was called.
    func run() async {
        await withDiscardingTaskGroup { group in
            if let stdio {
                group.addImmediateTask {
                    await stdio.run()
                    // Whom HTTP clients still wait for is answered, as after `stop`.
                    http?.front.stop()
                }
            }
            if let http {
                group.addImmediateTask { await http.front.run() }
            }
        }
    }

    /// Closes them: calls on standard input end at once, those over HTTP have a moment to be answered.
    func stop() {
        stdio?.stop()
        http?.front.stop()
    }
}
