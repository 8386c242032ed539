import Glibc
import Testing

@testable import Machine

@Suite(.admitted, .timeLimit(.minutes(10))) struct LocalSocketTests {
    @Test("connections carry bytes both ways until one side ends")
    func echo() async throws {
        try await withTemporaryFolder { folder in
            try onLoop { loop in
                let path = "\(folder)/private/socket"
                let listener = try LocalListener.listen(at: path, on: loop)
                for _ in 0..<3 {
                    async let accepted = listener.accept()
                    let client = try LocalSocket.connect(to: path, on: loop)
                    let server = try await accepted
                    client.output.write("hello")
                    var bytes: [UInt8] = []
                    #expect(try await server.input.read(into: &bytes) == 5)
                    server.output.write { $0 += bytes }
                    await server.output.finish()
                    server.input.close()
                    #expect(try await client.input.readAll() == Array("hello".utf8))
                    client.output.close()
                }
            }
        }
    }

    @Test("several clients may connect before anybody accepts")
    func backlog() async throws {
        try await withTemporaryFolder { folder in
            try onLoop { loop in
                let path = "\(folder)/socket"
                let listener = try LocalListener.listen(at: path, on: loop)
                let clients = try (0..<10).map { _ in
                    try LocalSocket.connect(to: path, on: loop)
                }
                for client in clients { client.output.write("x") }
                for _ in clients {
                    let server = try await listener.accept()
                    var bytes: [UInt8] = []
                    #expect(try await server.input.read(into: &bytes) == 1)
                }
            }
        }
    }

    @Test("the socket is private, and gone after closing")
    func privacy() async throws {
        try await withTemporaryFolder { folder in
            try onLoop { loop in
                let path = "\(folder)/socket"
                let listener = try LocalListener.listen(at: path, on: loop)
                var status = stat()
                #expect(unsafe stat(path, &status) == 0)
                #expect(status.st_mode & 0o777 == 0o600)
                listener.close()
                #expect(File.stamp(path) == nil)
                #expect(throws: MachineFailure.self) {
                    try LocalSocket.connect(to: path, on: loop)
                }
            }
        }
    }

    @Test("a dead process's socket file is replaced, a living one's is not")
    func stale() async throws {
        try await withTemporaryFolder { folder in
            try onLoop { loop in
                let path = "\(folder)/socket"
                let dead = try LocalAddress.socket()
                #expect(try LocalAddress(path).bind(dead) == 0)
                _ = consume dead
                #expect(File.stamp(path) != nil)
                let listener = try LocalListener.listen(at: path, on: loop)
                let failure = #expect(throws: MachineFailure.self) {
                    try LocalListener.listen(at: path, on: loop)
                }
                #expect(failure?.code == .occupied)
                listener.close()
            }
        }
    }

    @Test("a folder open to others and a path too long are refused")
    func refused() async throws {
        try await withTemporaryFolder { folder in
            try onLoop { loop in
                _ = unsafe mkdir("\(folder)/open", 0o755)
                _ = unsafe chmod("\(folder)/open", 0o755)
                let open = #expect(throws: MachineFailure.self) {
                    try LocalListener.listen(at: "\(folder)/open/socket", on: loop)
                }
                #expect(open?.code == .denied)
                let long = String(repeating: "x", count: 200)
                #expect(throws: MachineFailure.self) {
                    try LocalListener.listen(at: "\(folder)/\(long)", on: loop)
                }
            }
        }
    }

    @Test("waiting for a connection can be cancelled, and ends with the listener")
    func waiting() async throws {
        try await withTemporaryFolder { folder in
            try onLoop { loop in
                let listener = try LocalListener.listen(at: "\(folder)/socket", on: loop)
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        await #expect(throws: MachineFailure.cancelled) {
                            try await listener.accept()
                        }
                    }
                    await turns(on: loop)
                    group.cancelAll()
                }
                async let failure = #expect(throws: MachineFailure.self) {
                    try await listener.accept()
                }
                await turns(on: loop)
                listener.close()
                #expect(await failure?.code == .closed)
            }
        }
    }
}
