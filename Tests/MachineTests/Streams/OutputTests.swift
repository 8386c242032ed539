import Testing

@testable import Machine

@Suite(.admitted, .timeLimit(.minutes(10))) struct OutputTests {
    @Test("what one turn writes leaves together, and is counted")
    func gathering() throws {
        try onLoop { loop in
            let pipe = try loop.makePipe()
            for index in 0..<64 { pipe.output.write("\(index);") }
            let expected = (0..<64).map { "\($0);" }.joined()
            #expect(pipe.output.accepted == UInt64(expected.utf8.count))
            #expect(pipe.output.sent == 0)
            var bytes: [UInt8] = []
            #expect(try await pipe.input.read(into: &bytes) == expected.utf8.count)
            #expect(String(decoding: bytes, as: UTF8.self) == expected)
            #expect(pipe.output.sent == pipe.output.accepted)
        }
    }

    @Test("a reader that stalls congests its writer until it goes on")
    func congestion() throws {
        try onLoop { loop in
            let pipe = try loop.makePipe()
            pipe.output.highWater = 1 << 20
            let size = 20 << 20
            pipe.output.write { $0 += [UInt8](repeating: 7, count: size) }
            #expect(pipe.output.isCongested)
            let before = processorTime()
            try await loop.sleep(until: loop.now + .milliseconds(200))
            #expect(processorTime() - before < .milliseconds(50))
            #expect(pipe.output.isCongested)

            async let drained: Void = pipe.output.drained()
            var count = 0
            while count < size {
                var bytes: [UInt8] = []
                count += try await pipe.input.read(into: &bytes)
            }
            await drained
            #expect(!pipe.output.isCongested)
            #expect(pipe.output.sent == UInt64(size))
        }
    }

    @Test("waits for room and for the end can be cancelled, each on its own")
    func cancellation() throws {
        try onLoop { loop in
            let pipe = try loop.makePipe()
            pipe.output.highWater = 1
            pipe.output.write { $0 += [UInt8](repeating: 7, count: 1 << 20) }
            async let other: Void = pipe.output.closed()
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await pipe.output.drained() }
                group.addTask { await pipe.output.closed() }
                await turns(on: loop)
                group.cancelAll()
            }
            #expect(!pipe.output.isClosed)
            pipe.input.close()
            await other
        }
    }

    @Test("the death of an idle output's reader is noticed")
    func idleDeath() throws {
        try onLoop { loop in
            let pipe = try loop.makePipe()
            await turns(on: loop)
            pipe.input.close()
            await pipe.output.closed()
            #expect(pipe.output.isClosed)
            pipe.output.write("into the void")
            #expect(pipe.output.accepted == 0)
        }
    }

    @Test("finishing writes everything, then closes")
    func finishing() throws {
        try onLoop { loop in
            let pipe = try loop.makePipe()
            pipe.output.write { $0 += [UInt8](repeating: 7, count: 3 << 20) }
            async let bytes = pipe.input.readAll()
            await pipe.output.finish()
            #expect(try await bytes.count == 3 << 20)
        }
    }

    @Test("a cancelled finish closes at once")
    func cancelledFinish() throws {
        try onLoop { loop in
            let pipe = try loop.makePipe()
            pipe.output.write { $0 += [UInt8](repeating: 7, count: 3 << 20) }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await pipe.output.finish() }
                await turns(on: loop)
                group.cancelAll()
            }
            #expect(pipe.output.isClosed)
        }
    }

    @Test("other threads may write")
    func otherThreads() throws {
        try onLoop { loop in
            let pipe = try loop.makePipe()
            let elsewhere = OffLoop(threads: 4)
            async let bytes = pipe.input.readAll()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<100 {
                    group.addTask { await elsewhere.run { pipe.output.write("0123456789") } }
                }
            }
            await pipe.output.finish()
            #expect(try await bytes.count == 1000)
        }
    }
}
