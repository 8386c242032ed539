#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Pipes in the place of files: those of `<(…)` and `/dev/stdin`, and those with a name.
extension File {
    /// How long a pipe may be silent before it counts, in milliseconds: who is to write to it is often
    /// started beside us.
    private static let patience: Int32 = 1000

    /// Whether a file that was just opened is a pipe from which nothing has been heard: if nobody has
    /// it open for writing, the next read finds its end, and otherwise waits for whoever has.
    ///
    /// Reads of what is no regular file wait from now on.
    static func isSilentPipe(_ file: borrowing Descriptor) -> Bool {
        var status = stat()
        guard unsafe fstat(file.number, &status) == 0, status.st_mode & S_IFMT != S_IFREG else {
            return false
        }
        defer { _ = fcntl(file.number, F_SETFL, 0) }
        guard status.st_mode & S_IFMT == S_IFIFO else { return false }
        var question = pollfd(fd: file.number, events: Int16(POLLIN), revents: 0)
        return retrying { unsafe poll(&question, 1, patience) } == 0
    }

    /// What is said of a pipe that nobody writes to.
    static func silence(_ name: String) -> MachineFailure {
        MachineFailure(
            .unusable,
            "Could not read '\(name)': it is a pipe that nobody writes to. Start what writes to it, or "
                + "name a file.")
    }
}
