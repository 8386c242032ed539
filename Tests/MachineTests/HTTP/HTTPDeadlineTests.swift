import Testing
import Wire

@testable import Machine

@Suite(.admitted, .timeLimit(.minutes(10))) struct HTTPDeadlineTests {
    private static let soon = Duration.milliseconds(80)

    @Test("a head that does not come in time is answered with 408, and a silent client is let go")
    func slowHead() throws {
        try serving({
            $0.headDeadline = Self.soon
            $0.idleDeadline = Self.soon
        }) { loop, server in
            let slow = try Caller(to: server.port, on: loop)
            slow.send("GET / HTTP/1.1\r\n")
            let silent = try Caller(to: server.port, on: loop)
            var answers = Answers(slow)
            #expect(try await answers.next().status == 408)
            #expect(try await answers.rest() == [])
            var nothing = Answers(silent)
            #expect(try await nothing.rest() == [])
        }
    }

    @Test("a head that comes bit by bit has no more time than one that does not come")
    func trickledHead() throws {
        try serving({ $0.headDeadline = .milliseconds(300) }) { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    caller.send("GET / HTTP/1.1\r\nHost: a\r\n")
                    while true {
                        caller.send("A: b\r\n")
                        try await loop.sleep(until: loop.now + .milliseconds(20))
                    }
                }
                var answers = Answers(caller)
                let status = try await answers.next().status
                #expect(status == 408)
                group.cancelAll()
            }
        }
    }

    @Test("a body that stops coming is answered with 408")
    func slowBody() throws {
        try serving({ $0.bodyDeadline = Self.soon }) { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            caller.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
            var answers = Answers(caller)
            #expect(try await answers.next().status == 408)
        }
    }

    @Test("a body that comes bit by bit has time, but not for ever")
    func trickledBody() throws {
        try serving({
            $0.bodyDeadline = .milliseconds(500)
            $0.wholeBodyDeadline = .milliseconds(1500)
        }) { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            let start = loop.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    caller.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n")
                    while true {
                        caller.send("x")
                        try await loop.sleep(until: loop.now + .milliseconds(20))
                    }
                }
                var answers = Answers(caller)
                let status = try await answers.next().status
                #expect(status == 408)
                #expect(loop.now - start >= .milliseconds(1400))
                group.cancelAll()
            }
        }
    }

    @Test("an idle connection is closed, one with a request is not, however long it takes")
    func idle() throws {
        try serving(
            {
                $0.headDeadline = Self.soon
                $0.bodyDeadline = Self.soon
                $0.idleDeadline = Self.soon
                $0.stallDeadline = Self.soon
            },
            { exchange in
                try? await exchange.connection.loop.sleep(
                    until: exchange.connection.loop.now + .milliseconds(500))
                await echo(exchange)
            }
        ) { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            caller.post("x")
            var answers = Answers(caller)
            #expect(try await answers.next().text == "POST / x")
            #expect(try await answers.rest() == [])
        }
    }

    @Test("a client that takes nothing of its answer is let go")
    func stalled() throws {
        let left = Moment()
        try serving(
            { $0.stallDeadline = .milliseconds(100) },
            { exchange in
                exchange.begin(.ok)
                exchange.write { $0 += [UInt8](repeating: 0x78, count: 32 << 20) }
                await exchange.closed()
                left.come()
            }
        ) { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            caller.post("x")
            await left.wait()
            caller.close()
        }
    }

    @Test("a client that never closes its side is not waited for without end")
    func lingering() throws {
        try serving { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            caller.post("x", "Connection: close\r\n")
            var answers = Answers(caller)
            _ = try await answers.next()
            try await eventually(loop) { server.connections.isEmpty }
            caller.close()
        }
    }

    @Test("a server without connections does nothing")
    func asleep() throws {
        try serving({ $0.headDeadline = Self.soon }) { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            try await eventually(loop) { !server.connections.isEmpty }
            caller.close()
            try await eventually(loop) { server.connections.isEmpty && server.isSweepParked }
            let tick = server.tick
            try await loop.sleep(until: loop.now + .milliseconds(100))
            #expect(server.tick == tick)
        }
    }
}
