#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Notices that an open file is no longer the one at its path: somebody has moved it away, as
/// `logrotate` does, or removed it.
struct FilePlace: Sendable {
    private let path: String
    private let device: dev_t
    private let inode: ino_t
    private var nextLook: ContinuousClock.Instant

    /// How often it is looked at: a line must not cost a system call more.
    private static let interval = Duration.seconds(1)

    /// The place of a file that has just been opened; nil for what is no regular file, which nobody
    /// sets aside.
    init?(_ path: String, _ descriptor: Int32, _ now: ContinuousClock.Instant) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        self.path = path
        device = status.st_dev
        inode = status.st_ino
        nextLook = now + Self.interval
    }

    /// Whether another file is at the path by now, or none.
    mutating func isLost(_ now: ContinuousClock.Instant) -> Bool {
        guard now >= nextLook else { return false }
        nextLook = now + Self.interval
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return lastError == ENOENT }
        return status.st_dev != device || status.st_ino != inode
    }
}
