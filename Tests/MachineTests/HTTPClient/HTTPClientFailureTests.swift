import Synchronization
import Testing

@testable import Machine

@Suite(.admitted, .timeLimit(.minutes(10))) struct HTTPClientFailureTests {
    @Test("a refused connection means that nothing was sent")
    func refused() throws {
        try onLoop { loop in
            let server = try ScriptedServer(on: loop)
            let url = "http://127.0.0.1:\(server.port)/private?secret=1"
            server.close()
            await turns(on: loop)
            let client = HTTPClient(on: loop, plainSettings)
            let error = await failure {
                _ = try await client.text(url)
            }
            #expect(error?.code == .unreachable)
            #expect(error?.delivery == .notSent)
            #expect(
                error?.message
                    == "Could not GET 'http://127.0.0.1:\(server.port)': connection refused. "
                    + "The request was not sent.")
        }
    }

    @Test(
        "a server that reads the request and goes sees it once",
        arguments: [true, false], [0, 1])
    func neverTwice(resets: Bool, before: Int) throws {
        try withServer { peer in
            for _ in 0..<before {
                _ = try await peer.request()
                peer.answer("x")
            }
            _ = try await peer.request()
            if resets { peer.reset() } else { await peer.close() }
        } _: { client, server, loop in
            for _ in 0..<before { #expect(try await client.text(server.url) == "x") }
            for method in ["POST", "GET"] where before == 0 || method == "POST" {
                let seen = server.requests
                let error = await failure {
                    let request = HTTPClientRequest(method, server.url, body: [])
                    _ = try await client.send(request)
                }
                #expect(error?.code == .closed)
                #expect(error?.delivery == .unknown)
                #expect(error?.message.hasSuffix("The request had been sent.") == true)
                try await loop.sleep(until: loop.now + .milliseconds(20))
                #expect(server.requests == seen + 1)
            }
            #expect(client.multi?.running.isEmpty == true)
        }
    }

    @Test(
        "an answer that ends early is a failure after what has come",
        arguments: [
            "Content-Length: 10\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello",
            "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        ])
    func cutBody(rest: String) throws {
        try withServer { peer in
            _ = try await peer.request()
            peer.send("HTTP/1.1 200 OK\r\n\(rest)")
            await peer.close()
        } _: { client, server, _ in
            let response = try await client.send(HTTPClientRequest("GET", server.url))
            #expect(try await response.next() == Array("hello".utf8))
            let error = await failure { _ = try await response.next() }
            #expect(error?.code == .closed)
            #expect(error?.delivery == .answered)
        }
    }

    @Test("a server without TLS is said to have none, in no library's words")
    func plainServer() throws {
        try withServer { peer in
            peer.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            await peer.close()
        } _: { client, server, _ in
            let address = "https" + server.url.dropFirst("http".count)
            let error = await failure { _ = try await client.text(address) }
            #expect(error?.delivery == .notSent && error?.code == .untrusted)
            let message = error?.message ?? ""
            #expect(
                message.contains(
                    "the server does not speak TLS, but perhaps plain HTTP ('http://' instead of "
                        + "'https://'). The request was not sent."))
            #expect(!message.contains("SSL"))
        }
    }

    @Test("a head that ends early, or is none, is a failure")
    func brokenHead() throws {
        let answers = Mutex([
            "HTTP/1.1 200 OK\r\nX: y\r\n", "hello\r\n\r\n", "HTTP/1.1 200 OK\r\nX: ",
        ])
        try withServer { peer in
            _ = try await peer.request()
            let answer = answers.withLock { $0.removeFirst() }
            peer.send(answer)
            if answer.hasSuffix(": ") {
                for _ in 0..<40 { peer.send(String(repeating: "x", count: 8000) + "\r\nX: ") }
            }
            await peer.close()
        } _: { client, server, _ in
            for _ in 0..<3 {
                let error = await failure {
                    _ = try await client.text(server.url)
                }
                #expect(error != nil)
                #expect(error?.delivery != .notSent)
            }
            #expect(server.requests == 3)
        }
    }

    @Test("an answer larger than allowed ends the transfer")
    func tooLarge() throws {
        let ended = Mutex(0)
        try withServer { peer in
            _ = try await peer.request()
            peer.send("HTTP/1.1 200 OK\r\n\r\n0123456789")
            await peer.untilClosed()
            ended.withLock { $0 += 1 }
        } _: { client, server, loop in
            let response = try await client.send(HTTPClientRequest("GET", server.url))
            let error = await failure {
                _ = try await response.whole(limit: 9)
            }
            #expect(error?.code == .tooLarge)
            var request = HTTPClientRequest("GET", server.url)
            request.bodyLimit = 9
            let limited = await failure {
                _ = try await client.send(request).next()
            }
            #expect(limited?.code == .tooLarge)
            #expect(limited?.delivery == .answered)
            try await eventually(loop) { ended.withLock { $0 == 2 } }
        }
    }

    @Test("deadlines end a request by how far it has come")
    func deadlines() throws {
        try withServer { peer in
            let request = try await peer.request()
            if request?.hasPrefix("PUT") == true { peer.send("HTTP/1.1 200 OK\r\n\r\nx") }
            await peer.untilClosed()
        } _: { client, server, loop in
            for (method, bound, delivery) in [
                ("GET", 300, MachineFailure.Delivery.unknown), ("PUT", 300, .answered),
            ] {
                async let error = failure {
                    let response = try await client.send(HTTPClientRequest(method, server.url))
                    _ = try await response.next()
                    _ = try await response.next()
                }
                let count = method == "PUT" ? 2 : 1
                try await eventually(loop) { server.requests == count }
                try await loop.sleep(until: loop.now + .milliseconds(20))
                client.multi?.sweep(now: loop.now + .seconds(bound - 1))
                #expect(client.multi?.running.count == 1)
                client.multi?.sweep(now: loop.now + .seconds(bound))
                #expect(await error?.code == .timedOut)
                #expect(await error?.delivery == delivery)
            }
        }
    }

    @Test("the loop's own timer ends a request that is late")
    func realDeadline() throws {
        try withServer { peer in
            await peer.untilClosed()
        } _: { client, server, loop in
            let start = loop.now
            var request = HTTPClientRequest("GET", server.url)
            request.deadlines.firstByte = .milliseconds(20)
            let late = await failure {
                _ = try await client.send(request)
            }
            #expect(late?.code == .timedOut)
            request.deadlines.firstByte = .seconds(100)
            request.deadlines.total = .milliseconds(20)
            let over = await failure {
                _ = try await client.send(request)
            }
            #expect(over?.code == .timedOut)
            // Not when the next longer deadline is looked at.
            #expect(loop.now - start < .seconds(9))
        }
    }

    @Test("what cannot be a request is refused before anything happens")
    func unusable() throws {
        try onLoop { loop in
            let client = HTTPClient(on: loop, plainSettings)
            let requests = [
                HTTPClientRequest("GET", "ftp://host/"), HTTPClientRequest("GET", "http:///path"),
                HTTPClientRequest("GET", "http://host:0/"), HTTPClientRequest("GET", "//host/"),
                HTTPClientRequest("GET", "http://user:secret@host/"),
                HTTPClientRequest("GET", "http://host/a b"),
                HTTPClientRequest("G T", "http://host/"),
                HTTPClientRequest("GET", "http://host/", fields: [("X", "a\r\nY: b")]),
                HTTPClientRequest("GET", "http://host/", fields: [("X y", "a")]),
                HTTPClientRequest("GET", "http://host/", fields: [("Content-Length", "3")]),
            ]
            for request in requests {
                let error = await failure {
                    _ = try await client.send(request)
                }
                #expect(error?.code == .unusable)
                #expect(error?.delivery == .notSent)
                #expect(error?.message.contains("secret") == false)
            }
            #expect(client.multi == nil)
        }
    }

    @Test("more requests than allowed are refused, not queued")
    func cap() throws {
        var settings = plainSettings
        settings.requests = 1
        try withServer(settings) { peer in
            await peer.untilClosed()
        } _: { client, server, loop in
            async let first = failure {
                _ = try await client.text(server.url)
            }
            try await eventually(loop) { server.requests == 1 }
            let second = await failure {
                _ = try await client.text(server.url)
            }
            #expect(second?.code == .occupied)
            #expect(second?.delivery == .notSent)
            client.close()
            #expect(await first?.code == .closed)
            let third = await failure {
                _ = try await client.text(server.url)
            }
            #expect(third?.code == .closed)
        }
    }
}
