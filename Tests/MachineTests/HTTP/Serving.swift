import Wire

@testable import Machine

/// What a server's handler does.
typealias Handler = @Sendable (HTTPExchange) async -> Void

/// Answers with the request's method, path and body.
let echo: Handler = { exchange in
    let line = "\(exchange.head.methodName) \(exchange.head.pathText) "
    exchange.respond(.ok, [.contentType: "text/plain"], body: Array(line.utf8) + exchange.body)
}

/// Runs a body beside a server on a loop of its own; then the server is stopped, and must end.
func serving(
    _ configure: @escaping @Sendable (inout HTTPServerSettings) throws -> Void = { _ in },
    _ handler: @escaping Handler = echo,
    _ body: @escaping @Sendable (EventLoop, HTTPServer) async throws -> Void
) throws {
    try onLoop { loop in
        var settings = HTTPServerSettings()
        settings.lingerDeadline = .milliseconds(200)
        try configure(&settings)
        let server = try HTTPServer.listen(settings, on: loop)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.run(handler) }
            do {
                try await body(loop, server)
            } catch {
                group.cancelAll()
                throw error
            }
            server.stop()
            try await group.waitForAll()
        }
    }
}

/// Something that happens once, which a test waits for.
final class Moment: Sendable {
    private let waiter = Waiter()

    var hasCome: Bool { waiter.isOver }

    func come() { waiter.end(.event) }

    func wait() async { _ = await waiter.outcome() }
}
