import Synchronization
import Testing
import Wire

@testable import Machine

@Suite(.admitted, .timeLimit(.minutes(10))) struct HTTPLifeTests {
    @Test("stopping ends idle connections, lets requests finish, and accepts nobody")
    func stopping() throws {
        let began = Moment()
        let over = Moment()
        // An address of its own: others would take over a port that has just become free.
        let address = "127.0.0.9"
        try serving(
            { $0.address = address },
            { exchange in
                began.come()
                await over.wait()
                await echo(exchange)
            }
        ) { loop, server in
            let idle = try Caller(to: server.port, at: address, on: loop)
            let busy = try Caller(to: server.port, at: address, on: loop)
            busy.post("x")
            busy.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n")
            await began.wait()
            server.stop()
            var nothing = Answers(idle)
            #expect(try await nothing.rest() == [])
            #expect(throws: CallFailed.self) {
                try Caller(to: server.port, at: address, on: loop)
            }
            over.come()
            var answers = Answers(busy)
            let answer = try await answers.next()
            #expect(answer.text == "POST / x")
            #expect(answer.fields["connection"] == "close")
            #expect(try await answers.rest() == [])
        }
    }

    @Test("cancelling a server cancels its handlers and closes every connection")
    func cancelling() throws {
        try onLoop { loop in
            let server = try HTTPServer.listen(HTTPServerSettings(), on: loop)
            let began = Moment()
            let caller = try Caller(to: server.port, on: loop)
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await server.run { exchange in
                        began.come()
                        await exchange.closed()
                    }
                }
                caller.post("x")
                await began.wait()
                group.cancelAll()
            }
            #expect(server.connections.isEmpty)
            var answers = Answers(caller)
            #expect(try await answers.rest() == [])
        }
    }

    @Test("connections that come before the server runs are served when it does")
    func early() throws {
        try onLoop { loop in
            let server = try HTTPServer.listen(HTTPServerSettings(), on: loop)
            let caller = try Caller(to: server.port, on: loop)
            caller.post("x")
            await turns(on: loop)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await server.run(echo) }
                var answers = Answers(caller)
                #expect(try await answers.next().text == "POST / x")
                server.stop()
                try await group.waitForAll()
            }
        }
    }

    @Test(
        "addresses are of both versions, in digits, and free",
        arguments: ["127.0.0.1", "localhost", "::1", "[::1]", "0.0.0.0", "::"])
    func addresses(_ address: String) throws {
        let peer = RememberedPeer()
        try serving(
            { $0.address = address },
            { exchange in
                peer.text.withLock { $0 = exchange.peer }
                await echo(exchange)
            }
        ) { loop, server in
            let isVersion6 = address.contains(":")
            let caller = try Caller(
                to: server.port, at: address == "[::1]" || address == "::1" ? "::1" : "127.0.0.1",
                on: loop)
            caller.post("x")
            var answers = Answers(caller)
            #expect(try await answers.next().status == 200)
            let text = peer.text.withLock { $0 }
            #expect(text.hasPrefix(isVersion6 && address != "::" ? "[::1]:" : "127.0.0.1:"))
            var settings = HTTPServerSettings()
            settings.address = address
            settings.port = server.port
            let taken = settings
            let failure = #expect(throws: MachineFailure.self) {
                try HTTPServer.listen(taken, on: loop)
            }
            #expect(failure?.code == .occupied)
        }
    }

    @Test("what is no address says how to write one")
    func noAddress() throws {
        try onLoop { loop in
            for (address, port) in [("example.com", 0), ("1.2.3", 0), ("", 0), ("::1", 65_536)] {
                var settings = HTTPServerSettings()
                settings.address = address
                settings.port = port
                let wrong = settings
                let failure = #expect(throws: MachineFailure.self) {
                    try HTTPServer.listen(wrong, on: loop)
                }
                #expect(failure?.message.hasPrefix("Could not listen at") == true)
            }
        }
    }

    @Test("several servers share a port when they all want to")
    func shared() throws {
        try serving({ $0.sharesPort = true }) { loop, server in
            var settings = HTTPServerSettings()
            settings.sharesPort = true
            settings.port = server.port
            let other = try HTTPServer.listen(settings, on: loop)
            #expect(other.port == server.port)
        }
    }
}

/// A client's address as the server saw it.
private final class RememberedPeer: Sendable {
    let text = Mutex("")
}
