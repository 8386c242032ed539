import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Standard input and output, taken from whoever started us, once.
///
/// Editors hand over pipes, terminals, files and sockets, and their descriptions are shared with
/// other processes: `O_NONBLOCK` on one of them would make a stranger's reads and writes fail.
package enum StandardStreams {
    /// Takes both for the loop.
    ///
    /// Descriptors 0 and 1 then point at `/dev/null`, so that no library can read or write the
    /// protocol.
    package static func take(on loop: EventLoop) throws(MachineFailure) -> (
        input: Input, output: Output
    ) {
        loop.checkIsCurrent()
        // A socket that serves both ways: its death is seen by whoever reads it.
        let areOne = StreamKind(0) == .socket && isSame(0, 1)
        let input = try takeInput(on: loop)
        let output = try takeOutput(on: loop, sharesSocket: areOne)
        try pointAtNull()
        return (input, output)
    }

    private static func takeInput(on loop: EventLoop) throws(MachineFailure) -> Input {
        switch StreamKind(0) {
        case .file: return Input(try duplicate(0, .file), on: loop)
        case .socket: return Input(try duplicate(0, .socket), on: loop)
        case .pipe, .terminal:
            if let own = reopen(0, O_RDONLY) { return Input(own, on: loop) }
            return Input(try Pump.reading(from: try duplicate(0, .stream)), on: loop)
        }
    }

    private static func takeOutput(on loop: EventLoop, sharesSocket: Bool)
        throws(MachineFailure) -> Output
    {
        let kind = StreamKind(1)
        switch kind {
        case .file: return Output(try duplicate(1, .file), on: loop, reportsDeath: false)
        case .socket:
            return Output(try duplicate(1, .socket), on: loop, reportsDeath: !sharesSocket)
        case .pipe, .terminal:
            if let own = reopen(1, O_WRONLY) {
                return Output(own, on: loop, reportsDeath: kind == .pipe)
            }
            return try pumpedOutput(on: loop)
        }
    }

    private static func pumpedOutput(on loop: EventLoop) throws(MachineFailure) -> Output {
        let delivered = Waiter()
        let writer = try Pump.writing(to: try duplicate(1, .stream)) { isWhole in
            if !isWhole { hasLost.store(true, ordering: .relaxed) }
            delivered.end(.event)
        }
        return Output(writer, on: loop, reportsDeath: true, delivered: delivered)
    }

    /// A description of our own of the same pipe or terminal, non-blocking.
    ///
    /// Only Linux can.
    private static func reopen(_ number: Int32, _ mode: Int32) -> Descriptor? {
        #if os(Linux)
        let flags = mode | O_NONBLOCK | O_CLOEXEC | O_NOCTTY
        let own = retrying { unsafe open("/proc/self/fd/\(number)", flags) }
        // A pipe whose reader is gone (ENXIO), a terminal of another user (EACCES), no /proc.
        return own >= 0 ? Descriptor(own, .stream) : nil
        #else
        return nil
        #endif
    }

    private static func duplicate(_ number: Int32, _ kind: Descriptor.Kind)
        throws(MachineFailure) -> Descriptor
    {
        let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else {
            throw MachineFailure("Could not take standard stream \(number)", errno: lastError)
        }
        return Descriptor(copy, kind)
    }

    private static func pointAtNull() throws(MachineFailure) {
        let null = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
        guard null >= 0 else {
            throw MachineFailure("Could not open '/dev/null'", errno: lastError)
        }
        _ = dup2(null, 0)
        _ = dup2(null, 1)
        _ = close(null)
    }

    private static func isSame(_ one: Int32, _ other: Int32) -> Bool {
        var first = stat()
        var second = stat()
        guard unsafe fstat(one, &first) == 0, unsafe fstat(other, &second) == 0 else {
            return false
        }
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }

    /// Opens `/dev/null` in the place of a standard stream that we were started without, before
    /// anything else of ours lands there: the first thing that a program does.
    package static func fillGaps() {
        for number in 0...2 as ClosedRange<Int32> where fcntl(number, F_GETFD) < 0 {
            // The lowest free number is taken: this one.
            _ = unsafe open("/dev/null", O_RDWR)
            if number == 1 { lacksOutput.store(true, ordering: .relaxed) }
        }
    }

    private static let lacksOutput = Atomic(false)
    private static let hasLost = Atomic(false)

    /// Why what was written to standard output cannot be read; nil when nothing is known against it.
    package static var outage: MachineFailure? {
        if lacksOutput.load(ordering: .relaxed) {
            return MachineFailure(.missing, "It was closed before we were started.")
        }
        return hasLost.load(ordering: .relaxed)
            ? MachineFailure(.closed, "Nobody reads it any more.") : nil
    }
}
