import Aggregator
import Machine
import Wire

/// Answers `manifold status`: whoever of the same user connects is sent the status as JSON.
///
/// A client may send one line with what it wants: `names` adds the published names.
struct StatusSocket: Sendable {
    private let location: Location
    private let hub: Hub
    private let assembly: Assembly
    private let start: ContinuousClock.Instant

    /// How long a client may take to say what it wants.
    private static let patience = Duration.milliseconds(500)

    /// A socket that tells of this hub.
    init(_ loaded: LoadedConfiguration, _ hub: Hub, _ assembly: Assembly) {
        location = loaded.location
        self.hub = hub
        self.assembly = assembly
        start = assembly.loop.now
    }

    /// Answers until the task is cancelled; says so where nobody can ask.
    func run() async {
        guard let folder = PrivateFolders.sockets(assembly.environment) else {
            return warn(PrivateFolders.noSockets)
        }
        let path = "\(folder)/\(Environment.processId).sock"
        do throws(MachineFailure) {
            let listener = try LocalListener.listen(at: path, on: assembly.loop)
            defer { listener.close() }
            while true {
                let client = try await listener.accept()
                hub.start { await answer(client) }
            }
        } catch {
            guard error.code != .cancelled else { return }
            warn(error.message)
        }
    }

    private func warn(_ reason: String) {
        assembly.log(.warning, "'manifold status' will not work: \(reason)")
    }

    private func answer(_ client: LocalSocket) async {
        let wish = await wish(of: client)
        let status = status(names: wish == "names")
        client.output.write { $0 += status }
        await client.output.finish()
        client.input.close()
    }

    /// The line that the client sends; nothing when it sends none in time.
    private func wish(of client: LocalSocket) async -> String {
        await withTaskGroup(of: String?.self, returning: String.self) { group in
            group.addImmediateTask { await Self.line(of: client) }
            group.addImmediateTask {
                await assembly.loop.sleep(for: Self.patience)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? ""
        }
    }

    private static func line(of client: LocalSocket) async -> String {
        let reader = LineReader(client.input, limit: 256)
        guard (try? await reader.fill()) == true, case .complete(let bytes) = reader.next() else {
            return ""
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func status(names: Bool) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("pid")
        writer.integer(Environment.processId)
        writer.key("uptimeSeconds")
        writer.integer(start.duration(to: assembly.loop.now).components.seconds)
        writer.key("configuration")
        writer.string(location.path.map(PathText.absolute) ?? location.description)
        assembly.recorder?.writeStatus(into: &writer)
        hub.writeStatus(into: &writer, names: names)
        writer.endObject()
        return writer.bytes
    }
}
