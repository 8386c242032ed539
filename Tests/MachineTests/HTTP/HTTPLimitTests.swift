import Glibc
import Testing
import Wire

@testable import Machine

@Suite(.admitted, .timeLimit(.minutes(10))) struct HTTPLimitTests {
    @Test("a connection over the limit is told so, and has a place once another is gone")
    func connections() throws {
        try serving({ $0.mostConnections = 2 }) { loop, server in
            let first = try Caller(to: server.port, on: loop)
            let second = try Caller(to: server.port, on: loop)
            second.post("x")
            var kept = Answers(second)
            #expect(try await kept.next().status == 200)
            let third = try Caller(to: server.port, on: loop)
            var refused = Answers(third)
            #expect(try await refused.next().status == 503)
            third.close()
            first.close()
            try await eventually(loop) { server.connections.count == 1 }
            let fourth = try Caller(to: server.port, on: loop)
            fourth.post("y")
            var answers = Answers(fourth)
            #expect(try await answers.next().status == 200)
        }
    }

    @Test("bodies have a bound together, which is free again after each answer")
    func bodies() throws {
        let over = Moment()
        try serving(
            { $0.bufferedBodies = 1000 },
            { exchange in
                if exchange.head.pathText == "/wait" { await over.wait() }
                await echo(exchange)
            }
        ) { loop, server in
            let body = String(repeating: "x", count: 600)
            let first = try Caller(to: server.port, on: loop)
            first.post(body, to: "/wait")
            try await eventually(loop) { !server.hasRoom(401) }
            for fields in [
                "Content-Length: 401\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n191\r\n\(body)",
            ] {
                let second = try Caller(to: server.port, on: loop)
                second.send("POST / HTTP/1.1\r\nHost: a\r\n\(fields)")
                var answers = Answers(second)
                #expect(try await answers.next().status == 503)
                second.close()
            }
            over.come()
            var answers = Answers(first)
            _ = try await answers.next()
            let third = try Caller(to: server.port, on: loop)
            third.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\nabc")
            try await eventually(loop) { !server.hasRoom(998) }
            third.close()
            try await eventually(loop) { server.hasRoom(1000) }
        }
    }

    @Test("without descriptors nobody is accepted, which is reported once, and later goes on")
    func descriptors() async throws {
        await #expect(processExitsWith: .success) {
            try Self.exhaust()
        }
    }

    private static func exhaust() throws {
        let reports = Count()
        var limit = rlimit(rlim_cur: 60, rlim_max: 60)
        guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw CallFailed(number: errno)
        }
        try onLoop { loop in
            let server = try HTTPServer.listen(HTTPServerSettings(), on: loop)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await server.run(reporting: { _ in reports.add(1) }, echo) }
                var callers: [Int32] = []
                while let caller = try? Caller.connect(to: server.port) { callers.append(caller) }
                try await eventually(loop) { reports.add(0) > 0 }
                let before = processorTime()
                try await loop.sleep(until: loop.now + .milliseconds(100))
                guard processorTime() - before < .milliseconds(50), reports.add(0) == 1 else {
                    throw CallFailed(number: 1)
                }
                let last = callers.removeLast()
                for caller in callers { close(caller) }
                let caller = Caller(last, on: loop)
                caller.post("x")
                var answers = Answers(caller)
                guard try await answers.next().status == 200 else { throw CallFailed(number: 2) }
                caller.close()
                server.stop()
                try await group.waitForAll()
            }
        }
    }

    @Test("a server has as many descriptors as it may, and its children as many as we were given")
    func raisedLimit() async throws {
        await #expect(processExitsWith: .success) {
            try Self.raise()
        }
    }

    private static func raise() throws {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        _ = unsafe getrlimit(resource, &limit)
        limit.rlim_cur = 100
        _ = unsafe setrlimit(resource, &limit)
        try onLoop { loop in
            _ = try HTTPServer.listen(HTTPServerSettings(), on: loop)
            var raised = rlimit()
            _ = unsafe getrlimit(resource, &raised)
            guard raised.rlim_cur == raised.rlim_max else { throw CallFailed(number: 0) }
            let child = try Child.spawn(.shell("ulimit -n"), on: loop)
            let said = try await child.output.readAll()
            guard said == Array("100\n".utf8) else { throw CallFailed(number: 1) }
            _ = try await child.exited()
        }
    }
}
