import Glibc
import Testing

@testable import Machine

/// Whoever started us: the other ends of our standard streams, on the same loop.
struct Client: Sendable {
    let input: Input
    let output: Output

    init(reads: Int32, writes: Int32, _ kind: Descriptor.Kind, on loop: EventLoop) throws {
        let reader = Descriptor(fcntl(reads, F_DUPFD_CLOEXEC, 3), kind)
        let writer = Descriptor(fcntl(writes, F_DUPFD_CLOEXEC, 3), kind)
        if kind == .stream {
            reader.makeNonBlocking()
            writer.makeNonBlocking()
        }
        input = Input(reader, on: loop)
        output = Output(writer, on: loop, reportsDeath: false)
    }
}

/// A system call of a test failed.
struct CallFailed: Error {
    let number: Int32
}

/// Puts a descriptor in the place of a standard stream.
func stand(_ descriptor: Int32, in place: Int32) throws {
    if dup2(descriptor, place) < 0 { throw CallFailed(number: errno) }
}

/// A pipe whose ends both block.
func rawPipe() throws -> (reader: Int32, writer: Int32) {
    var ends: [Int32] = [-1, -1]
    if unsafe pipe(&ends) != 0 { throw CallFailed(number: errno) }
    return (ends[0], ends[1])
}

/// Two ends of a stream socket, as editors written for Node hand over.
func socketPair() throws -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    if unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) != 0 {
        throw CallFailed(number: errno)
    }
    return (ends[0], ends[1])
}

/// A terminal: the side of the person, and the side of the program.
func terminalPair() throws -> (Int32, Int32) {
    // `posix_openpt` and its kin are not visible here; this is what they do on Linux.
    let unlock: UInt = 0x4004_5431
    let number: UInt = 0x8004_5430
    let master = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var isLocked: Int32 = 0
    var index: Int32 = 0
    guard master >= 0, unsafe ioctl(master, unlock, &isLocked) == 0,
        unsafe ioctl(master, number, &index) == 0
    else { throw CallFailed(number: errno) }
    let slave = unsafe open("/dev/pts/\(index)", O_RDWR | O_NOCTTY)
    if slave < 0 { throw CallFailed(number: errno) }
    return (master, slave)
}

/// Sends a message each way, then 2 MiB at once towards the client.
func exchange(_ streams: (input: Input, output: Output), _ client: Client) async throws {
    client.output.write("question\n")
    var question: [UInt8] = []
    while question.count < 9 { _ = try await streams.input.read(into: &question) }
    #expect(question == Array("question\n".utf8))

    streams.output.write("answer\n")
    streams.output.write { $0 += [UInt8](repeating: 7, count: 2 << 20) }
    var answer: [UInt8] = []
    while answer.count < 7 + (2 << 20) { _ = try await client.input.read(into: &answer) }
    #expect(answer.starts(with: Array("answer\n".utf8)))
    #expect(streams.output.sent == streams.output.accepted)
}

/// Descriptors 0 and 1 are nobody's any more.
func expectNull() {
    #expect(StreamKind(0) == .file)
    #expect(StreamKind(1) == .file)
    #expect(read(0, nil, 0) == 0)
}
