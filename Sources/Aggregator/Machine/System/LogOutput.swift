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
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC
        let descriptor = unsafe open(path, flags, 0o600)
        guard descriptor >= 0 else {
            throw MachineFailure(
                .system, "Could not open the log file '\(path)': \(MachineFailure.reason(errno)).",
                errno: errno)
        }
        return LogOutput(descriptor: descriptor)
    }

    /// Writes one line with the time in front; drops it when nobody makes room.
    package func write(_ line: String) {
        let text = "\(WallClock.now) \(line)\n"
        let isWritten = unsafe Array(text.utf8.prefix(Self.safe)).withUnsafeBytes { bytes in
            guard isReady else { return false }
            return unsafe Self.put(descriptor, bytes)
        }
        dropped.withLock { $0 = isWritten ? 0 : $0 + 1 }
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
