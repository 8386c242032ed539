import Aggregator
import Machine
import Wire

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Asks running processes of the same user how they are.
struct StatusClient: Sendable {
    /// What came of asking one process.
    enum Reply: Sendable {
        case status(Value)
        /// Its process is gone; the socket file was removed.
        case stale
        /// It is there, but says nothing that makes sense.
        case silent(String)
    }

    let loop: EventLoop
    /// Where the processes' sockets may be.
    let folders: [String]
    /// Whether to ask for the published names too.
    let names: Bool

    /// How long a process may take to answer.
    private static let patience = Duration.seconds(2)

    /// The answer of every process, by its id.
    func all() async -> [(pid: String, reply: Reply)] {
        let sockets = folders.flatMap { folder in
            File.names(in: folder).compactMap { name in
                name.hasSuffix(".sock")
                    ? (pid: String(name.dropLast(".sock".count)), path: "\(folder)/\(name)") : nil
            }
        }
        return await withTaskGroup(of: (String, Reply).self) { group in
            for (pid, path) in sockets {
                group.addImmediateTask { (pid, await ask(pid, at: path)) }
            }
            var replies: [(pid: String, reply: Reply)] = []
            for await (pid, reply) in group { replies.append((pid, reply)) }
            return replies.sorted { (Int($0.pid) ?? 0) < (Int($1.pid) ?? 0) }
        }
    }

    private func ask(_ pid: String, at path: String) async -> Reply {
        let socket: LocalSocket
        do throws(MachineFailure) {
            socket = try LocalSocket.connect(to: path, on: loop)
        } catch {
            guard error.errno == ECONNREFUSED || error.code == .missing else {
                return .silent(error.message)
            }
            try? File.remove(path)
            return .stale
        }
        defer {
            socket.input.close()
            socket.output.close()
        }
        let wish = names ? "names\n" : "status\n"
        socket.output.write { $0 += Array(wish.utf8) }
        guard let bytes = await answer(of: socket) else {
            return .silent("Process \(pid) did not answer within \(Self.patience.words).")
        }
        guard let value = try? Value(validating: bytes) else {
            return .silent("Process \(pid) answered with something that is no JSON.")
        }
        return .status(value)
    }

    /// Everything that the process sends; nil when it takes too long.
    private func answer(of socket: LocalSocket) async -> [UInt8]? {
        await withTaskGroup(of: [UInt8]?.self, returning: [UInt8]?.self) { group in
            group.addImmediateTask {
                var bytes: [UInt8] = []
                while let count = try? await socket.input.read(into: &bytes), count > 0 {}
                return bytes
            }
            group.addImmediateTask {
                await loop.sleep(for: Self.patience)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}
