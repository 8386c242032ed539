import Glibc
import Testing

@testable import Machine

/// Each test is a process of its own, whose standard streams it replaces before it takes them.
@Suite(.admitted, .timeLimit(.minutes(10))) struct StandardStreamsTests {
    @Test("pipes are reopened: the description we inherited stays blocking")
    func pipes() async {
        await #expect(processExitsWith: .success) {
            try onLoop { loop in
                let (inputOurs, inputTheirs) = try rawPipe()
                let (outputTheirs, outputOurs) = try rawPipe()
                let client = try Client(
                    reads: outputTheirs, writes: inputTheirs, .stream, on: loop)
                try stand(inputOurs, in: 0)
                try stand(outputOurs, in: 1)
                let streams = try StandardStreams.take(on: loop)
                try await exchange(streams, client)
                #expect(fcntl(inputOurs, F_GETFL) & O_NONBLOCK == 0)
                #expect(fcntl(outputOurs, F_GETFL) & O_NONBLOCK == 0)
                expectNull()
            }
        }
    }

    @Test("the client's death is noticed on an idle pipe, and on its input")
    func deathOfPipes() async {
        await #expect(processExitsWith: .success) {
            try onLoop { loop in
                let (inputOurs, inputTheirs) = try rawPipe()
                let (outputTheirs, outputOurs) = try rawPipe()
                try stand(inputOurs, in: 0)
                try stand(outputOurs, in: 1)
                let streams = try StandardStreams.take(on: loop)
                for number in [inputOurs, outputOurs] { close(number) }
                await turns(on: loop)
                #expect(!streams.output.isClosed)
                for number in [inputTheirs, outputTheirs] { close(number) }
                await streams.output.closed()
                #expect(try await streams.input.readAll().isEmpty)
            }
        }
    }

    @Test("a client that died before we took its streams is noticed")
    func deadBefore() async {
        await #expect(processExitsWith: .success) {
            try onLoop { loop in
                let (inputOurs, inputTheirs) = try rawPipe()
                let (outputTheirs, outputOurs) = try rawPipe()
                try stand(inputOurs, in: 0)
                try stand(outputOurs, in: 1)
                for number in [inputOurs, outputOurs, inputTheirs, outputTheirs] { close(number) }
                let streams = try StandardStreams.take(on: loop)
                await streams.output.closed()
                #expect(try await streams.input.readAll().isEmpty)
            }
        }
    }

    @Test("sockets are used as they are, each call saying that it must not block")
    func sockets() async {
        await #expect(processExitsWith: .success) {
            try onLoop { loop in
                let (inputOurs, inputTheirs) = try socketPair()
                let (outputOurs, outputTheirs) = try socketPair()
                let client = try Client(
                    reads: outputTheirs, writes: inputTheirs, .socket, on: loop)
                try stand(inputOurs, in: 0)
                try stand(outputOurs, in: 1)
                let streams = try StandardStreams.take(on: loop)
                try await exchange(streams, client)
                #expect(fcntl(inputOurs, F_GETFL) & O_NONBLOCK == 0)
                expectNull()
                for number in [inputOurs, outputOurs] { close(number) }
                client.input.close()
                client.output.close()
                for number in [inputTheirs, outputTheirs] { close(number) }
                await streams.output.closed()
            }
        }
    }

    @Test("one socket may serve both ways")
    func oneSocket() async {
        await #expect(processExitsWith: .success) {
            try onLoop { loop in
                let (ours, theirs) = try socketPair()
                let client = try Client(reads: theirs, writes: theirs, .socket, on: loop)
                try stand(ours, in: 0)
                try stand(ours, in: 1)
                let streams = try StandardStreams.take(on: loop)
                try await exchange(streams, client)
                // What the client sends must not be taken for its death.
                client.output.write("more")
                var bytes: [UInt8] = []
                #expect(try await streams.input.read(into: &bytes) == 4)
                #expect(!streams.output.isClosed)
            }
        }
    }

    @Test("files are always ready, and read in order to their end")
    func files() async {
        await #expect(processExitsWith: .success) {
            try await withTemporaryFolder { folder in
                let content = [UInt8]((0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7) })
                try File.replace("\(folder)/in", with: content)
                try File.replace("\(folder)/out", with: [])
                try stand(unsafe open("\(folder)/in", O_RDONLY), in: 0)
                try stand(unsafe open("\(folder)/out", O_WRONLY), in: 1)
                try onLoop { loop in
                    let streams = try StandardStreams.take(on: loop)
                    let bytes = try await streams.input.readAll()
                    #expect(bytes == content)
                    streams.output.write { $0 += bytes }
                    await streams.output.finish()
                }
                #expect(try File.read("\(folder)/out", limit: 1 << 20) == content)
            }
        }
    }

    @Test("/dev/null ends at once, and takes everything")
    func null() async {
        await #expect(processExitsWith: .success) {
            try stand(unsafe open("/dev/null", O_RDONLY), in: 0)
            try stand(unsafe open("/dev/null", O_WRONLY), in: 1)
            try onLoop { loop in
                let streams = try StandardStreams.take(on: loop)
                #expect(try await streams.input.readAll().isEmpty)
                streams.output.write { $0 += [UInt8](repeating: 7, count: 5 << 20) }
                await streams.output.finish()
                #expect(streams.output.sent == 5 << 20)
            }
        }
    }

    @Test("a terminal is reopened, and stays blocking for the others")
    func terminal() async {
        await #expect(processExitsWith: .success) {
            try onLoop { loop in
                let (master, slave) = try terminalPair()
                let person = try Client(reads: master, writes: master, .stream, on: loop)
                try stand(slave, in: 0)
                try stand(slave, in: 1)
                let streams = try StandardStreams.take(on: loop)
                person.output.write("typed\n")
                var typed: [UInt8] = []
                while typed.last != UInt8(ascii: "\n") {
                    _ = try await streams.input.read(into: &typed)
                }
                #expect(typed == Array("typed\n".utf8))
                streams.output.write("shown")
                var shown: [UInt8] = []
                while !String(decoding: shown, as: UTF8.self).hasSuffix("shown") {
                    _ = try await person.input.read(into: &shown)
                }
                #expect(fcntl(slave, F_GETFL) & O_NONBLOCK == 0)
            }
        }
    }

    @Test("where nothing can be reopened, threads pass the bytes on and lose none")
    func pumps() async {
        await #expect(processExitsWith: .success) {
            try onLoop { loop in
                let (inputOurs, inputTheirs) = try rawPipe()
                let (outputTheirs, outputOurs) = try rawPipe()
                let client = try Client(
                    reads: outputTheirs, writes: inputTheirs, .stream, on: loop)
                let delivered = Waiter()
                let input = Input(
                    try Pump.reading(from: Descriptor(inputOurs, .stream)), on: loop)
                let writer = try Pump.writing(to: Descriptor(outputOurs, .stream)) { isWhole in
                    #expect(isWhole)
                    delivered.end(.event)
                }
                let output = Output(
                    writer, on: loop, reportsDeath: true, delivered: delivered)
                try await exchange((input, output), client)
                output.write { $0 += [UInt8](repeating: 7, count: 3 << 20) }
                async let received = client.input.readAll()
                await output.finish()
                #expect(try await received.count == 3 << 20)
            }
        }
    }
}
