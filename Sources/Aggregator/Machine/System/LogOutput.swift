import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Where log lines go: standard error or a private file.
///
/// Writing never holds up the loop.
package final class LogOutput: Sendable {
    private let descriptor: Int32
    /// Lines that found no room since the last one that did.
    private let dropped = Mutex(0)

    /// POSIX promises that a pipe that is ready takes this much without blocking (`PIPE_BUF`).
    private static let safe = 4096

    /// Standard error.
    package static let standardError = LogOutput(descriptor: 2)

    private init(descriptor: Int32) { self.descriptor = descriptor }

    /// Appends to a file that only its owner can read.
    package static func file(_ path: String) throws(MachineFailure) -> LogOutput {
        // A pipe without a reader would keep us here for ever.
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK
        let descriptor = unsafe open(path, flags, 0o600)
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
        return LogOutput(descriptor: descriptor)
    }

    /// Writes one line with the time in front; drops it when nobody makes room.
    package func write(_ line: String) {
        dropped.withLock { dropped in
            let bytes = Self.bytes(of: line, at: WallClock.now, dropped: dropped)
            let isWritten = unsafe bytes.withUnsafeBytes { bytes in
                guard isReady else { return false }
                return unsafe Self.put(descriptor, bytes)
            }
            dropped = isWritten ? 0 : dropped + 1
        }
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

    private var isReady: Bool {
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

/// The C function, under a name that a local variable does not hide.
private func systemPoll(_ polls: UnsafeMutablePointer<pollfd>, _ count: nfds_t, _ wait: Int32)
    -> Int32
{
    unsafe poll(polls, count, wait)
}
