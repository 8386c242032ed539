import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Where log lines go: standard error or a private file, which is made anew within a second when
/// somebody has moved it away or removed it.
///
/// Writing never holds up the loop.
package final class LogOutput: Sendable {
    /// Nil for standard error.
    private let path: String?
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    private struct State {
        var descriptor: Int32
        var place: FilePlace?
        /// Lines that found no room since the last one that did.
        var dropped = 0
    }

    /// POSIX promises that a pipe that is ready takes this much without blocking (`PIPE_BUF`).
    private static let safe = 4096

    /// Standard error.
    package static let standardError = LogOutput(descriptor: 2, path: nil) { .now }

    private init(
        descriptor: Int32, path: String?, now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        self.path = path
        self.now = now
        let place = path.flatMap { FilePlace($0, descriptor, now()) }
        state = Mutex(State(descriptor: descriptor, place: place))
    }

    /// Appends to a file that only its owner can read.
    package static func file(
        _ path: String, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) throws(MachineFailure) -> LogOutput {
        LogOutput(descriptor: try open(path), path: path, now: now)
    }

    private static func open(_ path: String) throws(MachineFailure) -> Int32 {
        // A pipe without a reader would keep us here for ever.
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK
        let descriptor = systemOpen(path, flags, 0o600)
        guard descriptor >= 0 else {
            let number = lastError
            let reason =
                number == ENXIO
                ? "nobody reads the pipe. Start what reads it first, or name a file."
                : "\(MachineFailure.reason(number))."
            throw MachineFailure(
                .system, "Could not open the log file '\(path)': \(reason)", errno: number)
        }
        _ = fcntl(descriptor, F_SETFL, O_APPEND)
        return descriptor
    }

    /// Writes one line with the time in front; drops it when nobody makes room.
    package func write(_ line: String) {
        state.withLock { state in
            follow(&state)
            let bytes = Self.bytes(of: line, at: WallClock.now, dropped: state.dropped)
            let isWritten = unsafe bytes.withUnsafeBytes { bytes in
                guard Self.isReady(state.descriptor) else { return false }
                return unsafe Self.put(state.descriptor, bytes)
            }
            state.dropped = isWritten ? 0 : state.dropped + 1
        }
    }

    /// Goes on in another file when this one is no longer where it was; where none can be made, a line
    /// in the old one is better than none.
    private func follow(_ state: inout State) {
        guard let path, state.place?.isLost(now()) == true,
            let descriptor = try? Self.open(path)
        else { return }
        close(state.descriptor)
        state.descriptor = descriptor
        state.place = FilePlace(path, descriptor, now())
    }

    /// What is written at once for a line: first how many were dropped before it, if any.
    ///
    /// At most `safe` bytes: a longer line is cut between two characters and keeps its end.
    static func bytes(of line: String, at time: String, dropped: Int) -> [UInt8] {
        let notice =
            dropped == 0
            ? "" : "\(time) warning: \(dropped) \(dropped == 1 ? "line" : "lines") dropped\n"
        var bytes = Array("\(notice)\(time) \(line)".utf8)
        if bytes.count >= safe {
            var end = safe - 1
            // Bytes that continue a character (RFC 3629, section 3) go with its first one.
            while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
            bytes.removeSubrange(end...)
        }
        return bytes + [UInt8(ascii: "\n")]
    }

    private static func isReady(_ descriptor: Int32) -> Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe systemPoll(&poll, 1, 0) == 1 && poll.revents & Int16(POLLOUT) != 0
    }

    private static func put(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Bool {
        #if canImport(Glibc)
        unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count) == bytes.count
        #else
        unsafe Darwin.write(descriptor, bytes.baseAddress, bytes.count) == bytes.count
        #endif
    }
}

/// The C functions, under names that methods and variables do not hide.
private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
    unsafe open(path, flags, mode)
}

private func systemPoll(_ polls: UnsafeMutablePointer<pollfd>, _ count: nfds_t, _ wait: Int32)
    -> Int32
{
    unsafe poll(polls, count, wait)
}
