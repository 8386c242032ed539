import Testing
import Wire

@testable import Machine

@Suite(.admitted, .timeLimit(.minutes(10))) struct HTTPStreamTests {
    @Test("what is written reaches the client before the answer ends")
    func events() throws {
        let moments = (0..<3).map { _ in Moment() }
        try serving(
            { _ in },
            { exchange in
                exchange.begin(.ok, [.contentType: "text/event-stream"])
                for (index, moment) in moments.enumerated() {
                    exchange.write {
                        EventWriter.append(to: &$0) { $0.append(0x30 + UInt8(index)) }
                    }
                    await moment.wait()
                }
                exchange.end()
            }
        ) { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            var answers = Answers(caller)
            caller.post("x")
            #expect(try await answers.head().fields["transfer-encoding"] == "chunked")
            for (index, moment) in moments.enumerated() {
                #expect(try await answers.chunk() == "data: \(index)\n\n")
                moment.come()
            }
            #expect(try await answers.chunk() == "")
            caller.post("y")
            #expect(try await answers.next().text == "data: 0\n\ndata: 1\n\ndata: 2\n\n")
        }
    }

    @Test("an old client's stream ends with its connection")
    func old() throws {
        try serving(
            { _ in },
            { exchange in
                exchange.begin(.ok)
                exchange.write { $0 += [0x61] }
                exchange.write { _ in }
                exchange.write { $0 += [0x62] }
                exchange.end()
            }
        ) { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            caller.post("x", version: "1.0", "Connection: keep-alive\r\n")
            var answers = Answers(caller)
            let answer = try await answers.next()
            #expect(answer.fields["connection"] == "close")
            #expect(answer.text == "ab")
        }
    }

    @Test("a stream that its handler leaves unfinished is seen to be cut")
    func abandoned() throws {
        try serving(
            { _ in },
            { exchange in
                exchange.begin(.ok)
                exchange.write { $0 += [0x61] }
                await Task.yield()
                await Task.yield()
            }
        ) { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            caller.post("x")
            var answers = Answers(caller)
            let rest = String(decoding: try await answers.rest(), as: UTF8.self)
            #expect(!rest.hasSuffix("0\r\n\r\n"))
        }
    }

    /// How a client leaves.
    enum Leaving: CaseIterable {
        case close, reset, finishSending
    }

    @Test(
        "a client that leaves is noticed at once, also with requests unread",
        arguments: Leaving.allCases, [0, 1, 100])
    func departure(_ leaving: Leaving, _ unread: Int) throws {
        let began = Moment()
        let left = Moment()
        try serving(
            { $0.readAhead = 1000 },
            { exchange in
                exchange.begin(.ok)
                exchange.onClose { left.come() }
                began.come()
                await exchange.closed()
                #expect(exchange.isClosed)
                exchange.write { $0 += [0x61] }
                exchange.end()
            }
        ) { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            caller.post("x")
            await began.wait()
            for _ in 0..<unread { caller.post(String(repeating: "y", count: 200)) }
            await turns(20, on: loop)
            #expect(!left.hasCome)
            switch leaving {
            case .close: caller.close()
            case .reset: caller.reset()
            case .finishSending: caller.finishSending()
            }
            await left.wait()
            caller.close()
        }
    }

    @Test("nobody spins while a client has requests unread")
    func quiet() throws {
        let began = Moment()
        let over = Moment()
        try serving(
            { $0.readAhead = 1000 },
            { exchange in
                began.come()
                await over.wait()
                await echo(exchange)
            }
        ) { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            let count = 2000
            for index in 0..<count { caller.post("\(index)") }
            await began.wait()
            await turns(20, on: loop)
            let before = processorTime()
            try await loop.sleep(until: loop.now + .milliseconds(200))
            #expect(processorTime() - before < .milliseconds(50))
            #expect((server.connections.first?.held.count ?? 0) <= 1000 + Input.bytesPerTurn)
            over.come()
            // Not one of them is lost.
            var answers = Answers(caller)
            for index in 0..<count { #expect(try await answers.next().text == "POST / \(index)") }
        }
    }

    @Test("a client that does not read congests its answer until it goes on")
    func backPressure() throws {
        let congested = Moment()
        let size = 64 << 10
        let count = 400
        try serving(
            { $0.highWater = 1 << 20 },
            { exchange in
                exchange.begin(.ok)
                for _ in 0..<count {
                    exchange.write { $0 += [UInt8](repeating: 0x78, count: size) }
                    await Task.yield()
                    if exchange.isCongested {
                        congested.come()
                        await exchange.drained()
                    }
                    #expect(exchange.isClosed || !exchange.isCongested)
                }
                exchange.end()
            }
        ) { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            caller.post("x")
            await congested.wait()
            #expect((server.connections.first?.pendingCount ?? 0) < (1 << 20) + 3 * size)
            var answers = Answers(caller)
            #expect(try await answers.next().body.count == size * count)
        }
    }

    @Test("whoever waits for room goes on when the client is gone")
    func roomOfTheDeparted() throws {
        let congested = Moment()
        let over = Moment()
        try serving(
            { $0.highWater = 1 << 20 },
            { exchange in
                exchange.begin(.ok)
                exchange.write { $0 += [UInt8](repeating: 0x78, count: 32 << 20) }
                await Task.yield()
                congested.come()
                await exchange.drained()
                exchange.write { $0 += [0x78] }
                exchange.end()
                over.come()
            }
        ) { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            caller.post("x")
            await congested.wait()
            caller.reset()
            await over.wait()
        }
    }

    @Test("waiting for the end or for room can be cancelled")
    func cancelled() throws {
        try serving(
            { $0.highWater = 1 },
            { exchange in
                exchange.begin(.ok)
                exchange.write { $0 += [UInt8](repeating: 0x78, count: 32 << 20) }
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await exchange.closed() }
                    group.addTask { await exchange.drained() }
                    await Task.yield()
                    group.cancelAll()
                }
                exchange.end()
            }
        ) { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            caller.post("x")
            var answers = Answers(caller)
            #expect(try await answers.next().body.count == 32 << 20)
        }
    }

    @Test("who sends requests and reads no answers is not served without end")
    func unreadAnswers() throws {
        let served = Count()
        try serving(
            { $0.readAhead = 1 << 20 },
            { exchange in
                served.add(1)
                exchange.respond(.ok, body: [UInt8](repeating: 0x78, count: 4 << 20))
            }
        ) { loop, server in
            let caller = try Caller(to: server.port, on: loop)
            for _ in 0..<100 { caller.post("x") }
            await turns(200, on: loop)
            #expect(served.add(0) < 10)
            var answers = Answers(caller)
            for _ in 0..<100 { #expect(try await answers.next().body.count == 4 << 20) }
        }
    }
}
