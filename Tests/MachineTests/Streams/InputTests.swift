import Testing
import Wire

@testable import Machine

@Suite(.admitted, .timeLimit(.minutes(10))) struct InputTests {
    @Test("lines that come byte by byte are whole")
    func byteByByte() throws {
        try onLoop { loop in
            let pipe = try loop.makePipe()
            let reader = LineReader(pipe.input)
            for byte in Array("{\"a\":1}\r\nlast".utf8) {
                pipe.output.write { $0.append(byte) }
                await pipe.output.drained()
                try await eventually(loop) { pipe.output.sent == pipe.output.accepted }
            }
            await pipe.output.finish()
            var lines: [LineBuffer.Line] = []
            while try await reader.fill() {
                while let line = reader.next() { lines.append(line) }
            }
            while let line = reader.next() { lines.append(line) }
            #expect(lines == [.complete(Array("{\"a\":1}".utf8)), .complete(Array("last".utf8))])
        }
    }

    @Test("a line of 40 MiB crosses a pipe whole")
    func largeLine() throws {
        try onLoop { loop in
            let pipe = try loop.makePipe()
            let size = 40 << 20
            pipe.output.write { bytes in
                bytes.reserveCapacity(size + 1)
                for index in 0..<size { bytes.append(UInt8(ascii: "a") + UInt8(index % 26)) }
                bytes.append(UInt8(ascii: "\n"))
            }
            let reader = LineReader(pipe.input)
            var line = reader.next()
            while line == nil, try await reader.fill() { line = reader.next() }
            guard case .complete(let bytes) = line else {
                Issue.record("no line")
                return
            }
            #expect(bytes.count == size)
            #expect(bytes[size - 1] == UInt8(ascii: "a") + UInt8((size - 1) % 26))
        }
    }

    @Test("a cancelled read loses nothing")
    func cancelledRead() throws {
        try onLoop { loop in
            let pipe = try loop.makePipe()
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: MachineFailure.cancelled) {
                        var bytes: [UInt8] = []
                        _ = try await pipe.input.read(into: &bytes)
                    }
                }
                await turns(on: loop)
                group.cancelAll()
            }
            pipe.output.write("after")
            var bytes: [UInt8] = []
            #expect(try await pipe.input.read(into: &bytes) == 5)
            #expect(bytes == Array("after".utf8))
        }
    }

    @Test("closing an input tells its reader")
    func closing() throws {
        try onLoop { loop in
            let pipe = try loop.makePipe()
            async let failure = #expect(throws: MachineFailure.self) {
                var bytes: [UInt8] = []
                _ = try await pipe.input.read(into: &bytes)
            }
            await turns(on: loop)
            pipe.input.close()
            #expect(await failure?.code == .closed)
            // And the other side.
            await pipe.output.closed()
        }
    }

    @Test("an input nobody reads does not keep the loop busy, and is read on later")
    func backPressure() throws {
        try onLoop { loop in
            let pipe = try loop.makePipe()
            var bytes: [UInt8] = []
            pipe.output.write("first")
            _ = try await pipe.input.read(into: &bytes)
            pipe.output.write("second")
            let before = processorTime()
            try await loop.sleep(until: loop.now + .milliseconds(200))
            #expect(processorTime() - before < .milliseconds(50))
            _ = try await pipe.input.read(into: &bytes)
            #expect(bytes == Array("firstsecond".utf8))
        }
    }

    @Test("the end is reported again and again")
    func end() throws {
        try onLoop { loop in
            let pipe = try loop.makePipe()
            pipe.output.close()
            var bytes: [UInt8] = []
            for _ in 0..<3 { #expect(try await pipe.input.read(into: &bytes) == 0) }
        }
    }

    @Test("an input dropped on another thread is closed by the loop")
    func droppedElsewhere() throws {
        try onLoop { loop in
            let (input, output) = try loop.makePipe()
            let holder = Holder(input)
            _ = consume input
            await OffLoop().run { holder.drop() }
            await output.closed()
        }
    }
}
