import Synchronization
import Testing
import Wire

@testable import Machine

@Suite(.admitted, .timeLimit(.minutes(10))) struct HTTPServerTests {
    @Test("a connection carries one request after the other")
    func keepAlive() throws {
        try serving { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            var answers = Answers(caller)
            for index in 0..<20 {
                caller.post("body \(index)", to: "/\(index)")
                let answer = try await answers.next()
                #expect(answer.status == 200)
                #expect(answer.text == "POST /\(index) body \(index)")
                #expect(answer.fields["connection"] == nil)
                #expect(answer.fields["content-type"] == "text/plain")
            }
        }
    }

    @Test("requests that come together are answered in order, and one at a time")
    func pipelining() throws {
        let running = Count()
        try serving(
            { _ in },
            { exchange in
                #expect(running.add(1) == 1)
                for _ in 0..<3 { await Task.yield() }
                running.add(-1)
                await echo(exchange)
            }
        ) { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            for index in 0..<200 { caller.post("\(index)", to: "/\(index)") }
            var answers = Answers(caller)
            for index in 0..<200 {
                #expect(try await answers.next().text == "POST /\(index) \(index)")
            }
        }
    }

    @Test("a request that comes byte by byte is one all the same")
    func byteByByte() throws {
        try serving { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            let request =
                "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3\r\nabc\r\n2;x\r\nde\r\n0\r\nA: b\r\n\r\n"
            for byte in request.utf8 {
                caller.output.write { $0.append(byte) }
                await turns(1, on: loop)
            }
            var answers = Answers(caller)
            #expect(try await answers.next().text == "POST /x abcde")
        }
    }

    @Test("a client that waits for a word before its body is given it")
    func expects() throws {
        try serving { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            var answers = Answers(caller)
            caller.send(
                "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
            #expect(try await answers.line() == "HTTP/1.1 100 Continue")
            #expect(try await answers.line() == "")
            caller.send("abc")
            #expect(try await answers.next().text == "POST / abc")
            caller.post("de", "Expect: 100-continue\r\n")
            #expect(try await answers.next().text == "POST / de")
        }
    }

    @Test("a connection ends after its answer when one side wants that")
    func ending() throws {
        try serving { loop, server in
            for (version, field) in [("1.1", "Connection: close\r\n"), ("1.0", "")] {
                let caller = try Caller(to: server.port, on: loop)
                caller.post("x", version: version, field)
                var answers = Answers(caller)
                let answer = try await answers.next()
                #expect(answer.fields["connection"] == "close")
                #expect(try await answers.rest() == [])
            }
            let caller = try Caller(to: server.port, on: loop)
            var answers = Answers(caller)
            for _ in 0..<2 {
                caller.post("x", version: "1.0", "Connection: keep-alive\r\n")
                #expect(try await answers.next().fields["connection"] == "keep-alive")
            }
        }
    }

    @Test("a client that has said all it had to say still gets its answers")
    func halfClosed() throws {
        try serving { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            caller.post("1")
            caller.post("2")
            caller.send("GET / HTTP/1.1\r\n")
            var answers = Answers(caller)
            #expect(try await answers.next().text == "POST / 1")
            caller.finishSending()
            #expect(try await answers.next().text == "POST / 2")
            #expect(try await answers.rest() == [])
        }
    }

    @Test("answers that have no body have none")
    func bodiless() throws {
        try serving(
            { _ in },
            { exchange in
                if exchange.head.method == .head {
                    exchange.respond(.ok, body: [1, 2, 3])
                } else {
                    exchange.respond(.noContent)
                }
            }
        ) { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            var answers = Answers(caller)
            caller.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await answers.next(hasBody: false).fields["content-length"] == "3")
            caller.post("x")
            #expect(try await answers.next() == Answers.Answer(status: 204))
            caller.post("x")
            #expect(try await answers.next().status == 204)
        }
    }

    @Test("what is no request is told why, however much of it follows, and the connection ends")
    func refused() throws {
        try serving({ $0.limits.body = 1000 }) { loop, server in
            let flood = String(repeating: "x", count: 3 << 20)
            let requests = [
                ("BAD\r\n", 400), ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/3.0\r\n", 505),
                ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(flood.utf8.count)\r\n\r\n", 413),
                ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
            ]
            for (request, status) in requests {
                let caller = try Caller(to: server.port, on: loop)
                caller.send(request + flood)
                var answers = Answers(caller)
                let answer = try await answers.next()
                #expect(answer.status == status)
                #expect(answer.fields["connection"] == "close")
                #expect(answer.text.hasSuffix(".\n"))
                caller.close()
            }
        }
    }

    @Test("a handler that does not answer has the server say so")
    func silence() throws {
        try serving({ _ in }, { _ in }) { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            var answers = Answers(caller)
            for _ in 0..<2 {
                caller.post("x")
                #expect(try await answers.next().status == 500)
            }
        }
    }

    @Test("large bodies pass both ways")
    func large() throws {
        try serving { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            let body = String(repeating: "0123456789abcdef", count: 1 << 20)
            caller.post(body)
            var answers = Answers(caller)
            #expect(try await answers.next().text == "POST / " + body)
        }
    }

    @Test("many clients are served at once, and none in another's place")
    func many() throws {
        try serving { loop, server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<200 {
                    group.addTask {
                        let caller = try Caller(to: server.port, on: loop)
                        var answers = Answers(caller)
                        for index in 0..<5 {
                            caller.post("\(client).\(index)")
                            #expect(try await answers.next().text == "POST / \(client).\(index)")
                        }
                        caller.close()
                    }
                }
                try await group.waitForAll()
            }
            try await eventually(loop) { server.connections.isEmpty }
        }
    }
}

/// A number that several tasks change.
final class Count: Sendable {
    private let value = Mutex(0)

    @discardableResult
    func add(_ number: Int) -> Int {
        value.withLock {
            $0 += number
            return $0
        }
    }
}
