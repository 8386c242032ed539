import Synchronization
import Testing

@testable import Machine

@Suite(.admitted, .timeLimit(.minutes(10))) struct HTTPClientFlowTests {
    @Test("the server waits while nobody reads, and 64 MiB arrive whole afterwards")
    func backPressure() throws {
        let size = 64 << 20
        let sent = Mutex<@Sendable () -> Int>({ 0 })
        try withServer { peer in
            sent.withLock { $0 = { Int(peer.output.sent) } }
            _ = try await peer.request()
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
            let block = [UInt8](repeating: 7, count: 1 << 20)
            for _ in 0..<64 {
                peer.output.write { $0 += block }
                await peer.output.drained()
            }
            await peer.untilClosed()
        } _: { client, server, loop in
            let response = try await client.send(HTTPClientRequest("GET", server.url))
            try await eventually(loop) {
                client.multi?.running.first?.value.transfer?.isPaused == true
            }
            // Long enough for the kernel's buffers to fill, and then nothing moves.
            try await loop.sleep(until: loop.now + .milliseconds(100))
            let before = sent.withLock { $0 }()
            try await loop.sleep(until: loop.now + .milliseconds(50))
            #expect(sent.withLock { $0 }() == before)
            #expect(before < 16 << 20)
            // While it waits for its reader, the server is not late.
            client.multi?.sweep(now: loop.now + .seconds(3000))
            var count = 0
            while let piece = try await response.next() {
                #expect(piece.count <= plainSettings.waitingBytes + 64 * 1024)
                count += piece.count
            }
            #expect(count == size)
        }
    }

    @Test("cancelling the task ends the transfer at once")
    func cancelled() throws {
        let ended = Mutex(0)
        try withServer { peer in
            let request = try await peer.request()
            if request?.hasPrefix("PUT") == true { peer.send("HTTP/1.1 200 OK\r\n\r\nx") }
            await peer.untilClosed()
            ended.withLock { $0 += 1 }
        } _: { client, server, loop in
            for (round, method) in ["GET", "PUT"].enumerated() {
                try await withThrowingTaskGroup(of: MachineFailure?.self) { group in
                    group.addTask {
                        await failure {
                            let response = try await client.send(
                                HTTPClientRequest(method, server.url))
                            while try await response.next() != nil {}
                        }
                    }
                    try await eventually(loop) { server.requests == round + 1 }
                    try await loop.sleep(until: loop.now + .milliseconds(10))
                    group.cancelAll()
                    let error = try await group.next() ?? nil
                    #expect(error?.code == .cancelled)
                    #expect(error?.delivery == (method == "GET" ? .unknown : .answered))
                }
                #expect(client.multi?.running.isEmpty == true)
                try await eventually(loop) { ended.withLock { $0 == round + 1 } }
            }
            #expect(client.multi?.connections == 0)
        }
    }

    @Test("dropping the answer ends the transfer, also on another thread")
    func dropped() throws {
        let ended = Mutex(0)
        try withServer { peer in
            _ = try await peer.request()
            peer.send("HTTP/1.1 200 OK\r\n\r\nx")
            await peer.untilClosed()
            ended.withLock { $0 += 1 }
        } _: { client, server, loop in
            _ = try await client.send(HTTPClientRequest("GET", server.url))
            try await eventually(loop) { ended.withLock { $0 == 1 } }
            let holder = Holder(try await client.send(HTTPClientRequest("GET", server.url)))
            await OffLoop().run { holder.drop() }
            try await eventually(loop) { ended.withLock { $0 == 2 } }
            #expect(client.multi?.running.isEmpty == true)
        }
    }

    @Test("a request of 8 MiB arrives whole, on one connection")
    func largeRequest() throws {
        let body = [UInt8](repeating: UInt8(ascii: "z"), count: 8 << 20)
        try withServer { peer in
            while let request = try await peer.request() { peer.answer("\(request.utf8.count)") }
        } _: { client, server, _ in
            for count in [body.count, 10, 100_000, 0] {
                let request = HTTPClientRequest(
                    "POST", server.url, body: Array(body.prefix(count)))
                let answer = try await client.send(request).whole(limit: 100)
                let total = Int(String(decoding: answer, as: UTF8.self)) ?? 0
                #expect((count...count + 200).contains(total))
            }
            #expect(server.connections == 1)
        }
    }

    @Test("clients that are closed leave no descriptor behind")
    func leaks() async {
        await #expect(processExitsWith: .success) {
            try withServer { peer in
                while let request = try await peer.request() {
                    if request.hasPrefix("GET") { peer.answer("x") }
                }
            } _: { _, server, loop in
                func use() async throws {
                    let client = HTTPClient(on: loop, plainSettings)
                    #expect(try await client.text(server.url) == "x")
                    #expect(try await client.text("http://localhost:\(server.port)/") == "x")
                    async let open = failure {
                        _ = try await client.send(HTTPClientRequest("POST", server.url))
                    }
                    let count = server.requests
                    try await eventually(loop) { server.requests == count + 1 }
                    client.close()
                    #expect(await open?.code == .closed)
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
