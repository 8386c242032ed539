import Glibc
import Wire

@testable import Machine

/// A client of a server in the tests, on the same loop: it sends what it is told, however wrong.
final class Caller: Sendable {
    let input: Input
    let output: Output
    private let number: Int32

    /// Connects to a port of this machine.
    convenience init(to port: Int, at address: String = "127.0.0.1", on loop: EventLoop) throws {
        self.init(try Self.connect(to: port, at: address), on: loop)
    }

    /// A connection in a number.
    static func connect(to port: Int, at address: String = "127.0.0.1") throws -> Int32 {
        let address = try SocketAddress(address, port: port)
        let family = address.isVersion6 ? AF_INET6 : AF_INET
        let number = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        // It blocks, but not for long: the kernel answers for a listener.
        let isConnected = unsafe address.withAddress { unsafe Glibc.connect(number, $0, $1) } == 0
        if isConnected { return number }
        defer { _ = Glibc.close(number) }
        throw CallFailed(number: errno)
    }

    /// Takes over a connection.
    init(_ number: Int32, on loop: EventLoop) {
        let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
        input = Input(Descriptor(number, .socket), on: loop)
        output = Output(Descriptor(copy, .socket), on: loop, reportsDeath: false)
        self.number = number
    }

    /// Sends a text at the end of the turn.
    func send(_ text: String) { output.write(text) }

    /// Sends a request with a body.
    func post(_ body: String, to path: String = "/", version: String = "1.1", _ fields: String = "")
    {
        send(
            "POST \(path) HTTP/\(version)\r\nHost: a\r\n\(fields)"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// Says that nothing more comes, and goes on reading.
    func finishSending() { _ = shutdown(number, Int32(SHUT_WR)) }

    /// Takes back everything, as a process does that dies with bytes unread.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(
            number, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func close() {
        input.close()
        output.close()
    }
}

/// Reads answers from a caller's connection, one after the other.
struct Answers {
    /// One answer: its head, with names in lower case, and its body without chunks.
    struct Answer: Hashable {
        var status = 0
        var fields: [String: String] = [:]
        var body: [UInt8] = []

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// The connection ended before an answer did.
    struct Cut: Error {
        var received: String
    }

    private let input: Input
    private(set) var bytes: [UInt8] = []

    init(_ caller: Caller) { input = caller.input }

    private mutating func fill() async throws {
        if try await input.read(into: &bytes) == 0 {
            throw Cut(received: String(decoding: bytes, as: UTF8.self))
        }
    }

    /// Takes everything up to a line end.
    mutating func line() async throws -> String {
        while true {
            if let end = bytes.firstIndex(of: 0x0A) {
                let line = String(decoding: bytes[..<end].dropLast(), as: UTF8.self)
                bytes.removeSubrange(...end)
                return line
            }
            try await fill()
        }
    }

    mutating func take(_ count: Int) async throws -> [UInt8] {
        while bytes.count < count { try await fill() }
        defer { bytes.removeFirst(count) }
        return Array(bytes[..<count])
    }

    /// The head of the next answer.
    mutating func head() async throws -> Answer {
        var answer = Answer()
        answer.status = Int(try await line().split(separator: " ")[1]) ?? 0
        while true {
            let field = try await line()
            if field.isEmpty { return answer }
            let parts = field.split(separator: ":", maxSplits: 1)
            answer.fields[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
    }

    /// The next chunk; empty at the end.
    mutating func chunk() async throws -> String {
        let size = Int(try await line(), radix: 16) ?? 0
        let data = try await take(size)
        _ = try await line()
        return String(decoding: data, as: UTF8.self)
    }

    /// The next answer.
    mutating func next(hasBody: Bool = true) async throws -> Answer {
        var answer = try await head()
        guard hasBody else { return answer }
        if let length = answer.fields["content-length"] {
            answer.body = try await take(Int(length) ?? 0)
        } else if answer.fields["transfer-encoding"] == "chunked" {
            while case let chunk = try await chunk(), !chunk.isEmpty { answer.body += chunk.utf8 }
        } else if answer.status != 204 {
            answer.body = try await rest()
        }
        return answer
    }

    /// Everything until the end of the connection; a reset is one.
    mutating func rest() async throws -> [UInt8] {
        do {
            while try await input.read(into: &bytes) > 0 {}
        } catch  where error.code == .closed {}
        defer { bytes = [] }
        return bytes
    }
}
