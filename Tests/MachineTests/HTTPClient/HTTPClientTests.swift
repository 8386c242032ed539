import Glibc
import Synchronization
import Testing

@testable import Machine

@Suite(.admitted, .timeLimit(.minutes(10))) struct HTTPClientTests {
    @Test("a request leaves as it was given, and the answer comes as it was sent")
    func exchange() throws {
        let seen = Mutex("")
        try withServer { peer in
            while let request = try await peer.request() {
                seen.withLock { $0 = request }
                peer.answer("hello", status: "201 Created", fields: "X-One: 1\r\nx-one:  2 \r\n")
            }
        } _: { client, server, _ in
            let url = "http://127.0.0.1:\(server.port)/a/../%2e/arn%3Aaws?q=%20&r"
            let response = try await client.send(
                HTTPClientRequest(
                    "POST", url, fields: [("X-Empty", ""), ("Content-Type", "application/json")],
                    body: Array("{}".utf8)))
            #expect(response.status == 201)
            #expect(response.fields["x-ONE"] == "1")
            #expect(response.fields.values("X-One") == ["1", "2"])
            #expect(try await response.whole(limit: 5) == Array("hello".utf8))
            #expect(
                seen.withLock { $0 } == """
                    POST /a/../%2e/arn%3Aaws?q=%20&r HTTP/1.1\r
                    Host: 127.0.0.1:\(server.port)\r
                    X-Empty:\r
                    Content-Type: application/json\r
                    Accept-Encoding: identity\r
                    Content-Length: 2\r
                    \r
                    {}
                    """)
        }
    }

    @Test(
        "every method frames its message as the standard says",
        arguments: [
            ("GET", false), ("DELETE", false), ("OPTIONS", false), ("POST", true), ("PUT", true),
        ])
    func methods(method: String, hasLength: Bool) throws {
        let seen = Mutex("")
        try withServer { peer in
            while let request = try await peer.request() {
                seen.withLock { $0 = request }
                peer.answer("")
            }
        } _: { client, server, _ in
            // After another method on the same handle, which must leave no trace.
            for before in ["POST", "HEAD", "DELETE"] {
                let request = HTTPClientRequest(
                    before, server.url, body: before == "POST" ? [1, 2] : [])
                #expect(try await client.send(request).whole(limit: 0).isEmpty)
                _ = try await client.send(HTTPClientRequest(method, server.url)).whole(limit: 0)
                let text = seen.withLock { $0 }
                #expect(text.hasPrefix("\(method) /path HTTP/1.1\r\n"))
                #expect(text.contains("Content-Length: 0\r\n") == hasLength)
                #expect(text.hasSuffix("\r\n\r\n"))
            }
            #expect(server.connections == 1)
        }
    }

    @Test("a body that comes chunk by chunk, byte by byte, is handed on as it comes")
    func chunked() throws {
        try withServer { peer in
            _ = try await peer.request()
            let bytes =
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n"
            for byte in bytes.unicodeScalars {
                peer.send(String(Character(byte)))
                await peer.output.drained()
            }
            // The end only after the client has seen the pieces: see `next` below.
            _ = try await peer.request()
            peer.send("0\r\nX-Trailer: t\r\n\r\n")
            await peer.untilClosed()
        } _: { client, server, loop in
            let response = try await client.send(HTTPClientRequest("GET", server.url))
            var text: [UInt8] = []
            while text.count < 6 { text += try await response.next() ?? [] }
            #expect(text == Array("hello!".utf8))
            #expect(response.fields["x-trailer"] == nil)
            response.cancel()
            #expect(client.multi?.running.isEmpty == true)
        }
    }

    @Test("an event is there before the stream goes on")
    func events() throws {
        try withServer { peer in
            while let request = try await peer.request() {
                if request.hasPrefix("POST") {
                    peer.answer("")
                } else {
                    peer.send(
                        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
                    await peer.untilClosed()
                }
            }
        } _: { client, server, _ in
            let stream = try await client.send(HTTPClientRequest("GET", server.url))
            #expect(try await stream.next() == Array("data: 1\n\n".utf8))
            _ = try await client.send(HTTPClientRequest("POST", server.url)).whole(limit: 0)
            #expect(server.connections == 2)
        }
    }

    @Test("a hundred requests use one connection")
    func reuse() throws {
        try withServer { peer in
            while try await peer.request() != nil { peer.answer("x") }
        } _: { client, server, _ in
            for _ in 0..<100 {
                let text = try await client.text(server.url)
                #expect(text == "x")
            }
            #expect(server.connections == 1)
            #expect(server.requests == 100)
        }
    }

    @Test("sixty-four requests at once get their own answers")
    func parallel() throws {
        try withServer { peer in
            while let request = try await peer.request() {
                peer.answer(String(request.split(separator: " ")[1]))
            }
        } _: { client, server, _ in
            for _ in 0..<3 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<64 {
                        let url = "http://127.0.0.1:\(server.port)/\(number)"
                        group.addTask {
                            let text = try await client.text(url)
                            #expect(text == "/\(number)")
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(server.connections <= 64)
            #expect(server.requests == 192)
        }
    }

    @Test("interim answers are passed over, redirects are not followed")
    func heads() throws {
        try withServer { peer in
            while try await peer.request() != nil {
                peer.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
                peer.answer("", status: "302 Found", fields: "Location: /elsewhere\r\n")
            }
        } _: { client, server, _ in
            let response = try await client.send(HTTPClientRequest("GET", server.url))
            #expect(response.status == 302)
            #expect(response.fields["location"] == "/elsewhere")
            #expect(response.fields["link"] == nil)
            #expect(try await response.next() == nil)
            #expect(server.requests == 1)
        }
    }

    @Test("a connection that the server closed between requests is not used")
    func closedWhileIdle() throws {
        try withServer { peer in
            _ = try await peer.request()
            peer.answer("x")
            await peer.close()
        } _: { client, server, loop in
            for count in 1...5 {
                #expect(try await client.text(server.url) == "x")
                #expect(server.connections == count)
                // Its end has come when the loop has looked at descriptors.
                try await loop.sleep(until: loop.now + .milliseconds(20))
            }
        }
    }

    @Test("a name is looked up without the loop waiting")
    func names() throws {
        try withServer { peer in
            while try await peer.request() != nil { peer.answer("x") }
        } _: { client, server, _ in
            let text = try await client.text("http://localhost:\(server.port)/")
            #expect(text == "x")
            let name = String(repeating: "a", count: 64)
            let nowhere = await failure {
                _ = try await client.text("http://\(name).localhost.:1/?secret")
            }
            #expect(nowhere?.code == .unreachable)
            #expect(nowhere?.delivery == .notSent)
            #expect(nowhere?.message.contains("secret") == false)
        }
    }

    @Test("nothing of libcurl runs before the first request")
    func lateStart() async {
        await #expect(processExitsWith: .success) {
            try onLoop { loop in
                let client = HTTPClient(on: loop, HTTPClientSettings(.current()))
                client.close()
                let maps = try File.read("/proc/self/maps", limit: 1 << 20)
                let text = String(decoding: maps, as: UTF8.self)
                guard !text.contains("libcurl"), !CurlLibrary.isLoaded else { exit(1) }
            }
        }
    }

    @Test("connections close when nothing happens for a while, and later requests open new ones")
    func rest() throws {
        try withServer { peer in
            while try await peer.request() != nil { peer.answer("x") }
        } _: { client, server, loop in
            _ = try await client.text(server.url)
            #expect(client.multi?.connections == 1)
            client.multi?.sweep(now: loop.now + .seconds(59))
            #expect(client.multi?.connections == 1)
            client.multi?.sweep(now: loop.now + .seconds(61))
            #expect(client.multi?.connections == 0)
            #expect(try await client.text(server.url) == "x")
            #expect(server.connections == 2)
        }
    }

    @Test("connections that close give their descriptors back")
    func descriptors() async {
        await #expect(processExitsWith: .success) {
            try withServer { peer in
                while try await peer.request() != nil { peer.answer("x") }
            } _: { client, server, loop in
                func use() async throws {
                    #expect(try await client.text(server.url) == "x")
                    client.multi?.sweep(now: loop.now + .seconds(61))
                }
                try await use()
                let before = openDescriptors()
                for _ in 0..<20 { try await use() }
                // The other ends close when they have seen it, and the test's own runtime may open one.
                try await eventually(loop) { openDescriptors() < before + 5 }
            }
        }
    }
}
