import Machine
import Testing

@testable import Emulator

@Suite("Ports for programs")
struct FreePortsTests {
    @Test("each is another one, and none is where somebody listens")
    func passesOver() throws {
        try onLoop { loop in
            let ports = FreePorts()
            let first = try ports.next(on: loop)
            var settings = HTTPServerSettings()
            settings.port = first
            let server = try HTTPServer.listen(settings, on: loop)
            defer { server.stop() }
            let other = try FreePorts(startingAt: first - 1).next(on: loop)
            #expect(other != first && FreePorts.range.contains(other))
            #expect(try ports.next(on: loop) != first)
        }
    }

    @Test("the last is followed by the first")
    func turnsOver() throws {
        try onLoop { loop in
            let last = FreePorts.range.upperBound - 1
            let port = try FreePorts(startingAt: last).next(on: loop)
            #expect((FreePorts.range.lowerBound..<last).contains(port))
        }
    }

    private func onLoop(_ body: @escaping @Sendable (EventLoop) throws -> Void) throws {
        let loop = try EventLoop.make()
        let code = loop.run {
            do {
                try body(loop)
            } catch {
                Issue.record(error)
            }
            return 0
        }
        #expect(code == 0)
    }
}
