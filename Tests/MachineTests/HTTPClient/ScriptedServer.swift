import Glibc
import Synchronization

@testable import Machine

/// A server on loopback that says what a test scripts, byte by byte.
final class ScriptedServer: Watcher, Sendable {
    let port: Int
    private let loop: EventLoop
    private let watch: Watch
    private let waiter = Mutex<Waiter?>(nil)
    private let counts = Mutex((connections: 0, requests: 0))

    init(on loop: EventLoop) throws {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let descriptor = Descriptor(number, .socket)
        descriptor.makePrivate()
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let error = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard unsafe bind(number, address, size) == 0, listen(number, 256) == 0,
                    unsafe getsockname(number, address, &size) == 0
                else { return errno }
                return 0
            }
        }
        if error != 0 { throw CallFailed(number: error) }
        port = Int(UInt16(bigEndian: address.sin_port))
        self.loop = loop
        watch = Watch(descriptor, on: loop)
        watch.tell(self)
    }

    deinit { watch.dispose() }

    var connections: Int { counts.withLock { $0.connections } }
    var requests: Int { counts.withLock { $0.requests } }
    var url: String { "http://127.0.0.1:\(port)/path" }

    func becameReadable() {
        watch.stopReading()
        waiter.withLock { $0.take() }?.end(.event)
    }

    /// The next connection.
    func accept() async throws -> Peer {
        while true {
            let waiter = Waiter()
            self.waiter.withLock { $0 = waiter }
            if case .moved(let number) = watch.accept() {
                counts.withLock { $0.connections += 1 }
                return try Peer(Int32(number), on: loop) {
                    self.counts.withLock { $0.requests += 1 }
                }
            }
            watch.startReading()
            if await waiter.outcome() == .cancelled { throw CancellationError() }
        }
    }

    /// Stops listening.
    func close() { watch.dispose() }
}

/// One connection of a scripted server.
final class Peer: Sendable {
    let input: Input
    let output: Output
    private let number: Int32
    private let unread = Mutex<[UInt8]>([])
    private let counted: @Sendable () -> Void

    init(_ number: Int32, on loop: EventLoop, counted: @escaping @Sendable () -> Void) throws {
        let socket = Descriptor(number, .socket)
        socket.makePrivate()
        let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
        if copy < 0 { throw CallFailed(number: errno) }
        input = Input(socket, on: loop)
        output = Output(Descriptor(copy, .socket), on: loop, reportsDeath: false)
        self.number = number
        self.counted = counted
    }

    /// The next request, head and body; nil when the client has closed.
    func request() async throws -> String? {
        while true {
            if let request = unread.withLock({ Self.cut(&$0) }) {
                counted()
                return request
            }
            var more: [UInt8] = []
            guard (try? await input.read(into: &more)) ?? 0 > 0 else { return nil }
            unread.withLock { $0 += more }
        }
    }

    private static func cut(_ bytes: inout [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let head = text[..<end]
        var count = head.utf8.count + 4
        for line in head.split(separator: "\r\n")
        where line.lowercased().hasPrefix("content-length:") {
            count += Int(line.dropFirst(15).drop { $0 == " " }) ?? 0
        }
        guard bytes.count >= count else { return nil }
        let request = String(decoding: bytes[..<count], as: UTF8.self)
        bytes.removeFirst(count)
        return request
    }

    /// Everything until the client closes.
    func untilClosed() async { while (try? await request()) != nil {} }

    func send(_ text: String) { output.write(text) }

    /// Answers with a length and a body.
    func answer(_ body: String, status: String = "200 OK", fields: String = "") {
        send("HTTP/1.1 \(status)\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// Closes the connection when everything is sent.
    func close() async {
        await output.finish()
        input.close()
    }

    /// Closes the connection with a reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(
            number, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        output.close()
        input.close()
    }
}

extension String {
    /// Where a text begins.
    fileprivate func range(of text: String) -> String.Index? {
        var index = startIndex
        while index < endIndex {
            if self[index...].utf8.starts(with: text.utf8) { return index }
            index = utf8.index(after: index)
        }
        return nil
    }
}

/// Settings that no variable of this process touches.
let plainSettings = HTTPClientSettings(Environment([]))

/// Runs a body against a server whose every connection follows a script.
func withServer(
    _ settings: HTTPClientSettings = plainSettings,
    script: @escaping @Sendable (Peer) async throws -> Void,
    _ body: @escaping @Sendable (HTTPClient, ScriptedServer, EventLoop) async throws -> Void
) throws {
    try onLoop { loop in
        let server = try ScriptedServer(on: loop)
        let client = HTTPClient(on: loop, settings)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await withThrowingDiscardingTaskGroup { connections in
                    while let peer = try? await server.accept() {
                        connections.addTask {
                            try await script(peer)
                            peer.output.close()
                            peer.input.close()
                        }
                    }
                    connections.cancelAll()
                }
            }
            try await body(client, server, loop)
            group.cancelAll()
        }
        client.close()
    }
}

/// The failure that a request ends in; nil when it succeeds.
func failure(_ work: () async throws -> Void) async -> MachineFailure? {
    do {
        try await work()
        return nil
    } catch {
        return error as? MachineFailure
    }
}

extension HTTPClient {
    /// Sends a GET and reads the whole answer.
    func text(_ url: String) async throws -> String {
        let response = try await send(HTTPClientRequest("GET", url))
        return String(decoding: try await response.whole(limit: 1 << 20), as: UTF8.self)
    }
}
