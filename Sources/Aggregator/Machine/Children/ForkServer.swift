import CSpawn
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A child of ours that makes copies of itself for us: what took it long to prepare, each copy has
/// at once.
///
/// It is told what to do over a local socket, and does it in order. A copy is its child, not ours:
/// only it may kill one, because only it can be sure whose number that is. We say what we want and
/// wait for nothing.
package final class ForkServer: Sendable {
    /// The process; what it reports comes from its output, what it needs goes to its input.
    package let child: Child
    /// How much a copy may be sent before it has read it, and the other way round, in bytes.
    ///
    /// With the 64 KiB that are usual, a megabyte goes to and fro so often that others wait for it.
    private static let room = 256 * 1024

    private let loop: EventLoop
    private let orders: Mutex<Descriptor>

    private init(_ child: Child, _ orders: consuming Descriptor, _ loop: EventLoop) {
        self.child = child
        self.loop = loop
        self.orders = Mutex(orders)
    }

    /// Starts the process, which must call `ForkOrders.obey`.
    ///
    /// `line` is called on the loop's thread for every line of its standard error.
    package static func spawn(
        _ launch: Launch, on loop: EventLoop, line: (@Sendable (String) -> Void)? = nil
    ) throws(MachineFailure) -> ForkServer {
        let pair = try SocketPair.make()
        let child = try Child.spawn(launch, control: pair.theirs.number, on: loop, line: line)
        return ForkServer(child, pair.ours, loop)
    }

    /// Asks for a copy in a place, instead of the one that may be there, which is killed.
    ///
    /// Returns our ends of the copy's only streams, which may be written to at once: the copy reads it
    /// when it runs. `number` tells the copies of one place apart in what is reported.
    package func start(place: UInt32, number: UInt32) throws(MachineFailure) -> CopyStreams {
        // Twice as fast as a pair of sockets, where a message is small.
        let questions = try Pipe.make()
        let answers = try Pipe.make()
        questions.widen(to: Self.room)
        answers.widen(to: Self.room)
        try send(
            ForkOrder(place: place, number: number),
            (questions.reader.number, answers.writer.number))
        return CopyStreams(questions, answers, on: loop)
    }

    /// Asks for the end of the copy in a place.
    package func end(place: UInt32, number: UInt32) throws(MachineFailure) {
        try send(ForkOrder(place: place, number: number), nil)
    }

    private func send(
        _ order: ForkOrder, _ streams: (input: Int32, output: Int32)?
    ) throws(MachineFailure) {
        var order = order
        let descriptors = streams.map { [$0.input, $0.output] }
        let error = orders.withLock { orders in
            unsafe descriptors_send(
                orders.number, &order, MemoryLayout<ForkOrder>.size, descriptors)
        }
        guard error == 0 else {
            throw MachineFailure("Could not ask for another process", errno: error)
        }
    }
}

/// Our ends of the streams of a copy that a fork server has made.
package struct CopyStreams: Sendable {
    /// What the copy writes.
    package let input: Input
    /// What the copy reads.
    package let output: Output

    fileprivate init(_ questions: consuming Pipe, _ answers: consuming Pipe, on loop: EventLoop) {
        answers.reader.makeNonBlocking()
        questions.writer.makeNonBlocking()
        input = Input(answers.reader, on: loop)
        // The end is seen by whoever reads the input.
        output = Output(questions.writer, on: loop, reportsDeath: false)
    }
}

/// What a fork server is told: to put a copy into a place, or to leave it empty.
struct ForkOrder {
    var place: UInt32 = 0
    var number: UInt32 = 0
}

/// Two connected ends of a local stream: ours, which never blocks, and one for another process.
struct SocketPair: ~Copyable {
    let ours: Descriptor
    let theirs: Descriptor

    /// Opens a pair, both ends closed on exec.
    static func make() throws(MachineFailure) -> SocketPair {
        var ends: (Int32, Int32) = (-1, -1)
        #if canImport(Darwin)
        let type = SOCK_STREAM
        #else
        let type = Int32(SOCK_STREAM.rawValue)
        #endif
        let result = unsafe withUnsafeMutableBytes(of: &ends) { bytes in
            unsafe socketpair(
                AF_UNIX, type, 0, bytes.assumingMemoryBound(to: Int32.self).baseAddress)
        }
        guard result == 0 else {
            throw MachineFailure("Could not open a pair of sockets", errno: lastError)
        }
        _ = fcntl(ends.0, F_SETFD, FD_CLOEXEC)
        _ = fcntl(ends.1, F_SETFD, FD_CLOEXEC)
        return SocketPair(
            ours: Descriptor(ends.0, .socket), theirs: Descriptor(ends.1, .stream))
    }
}
