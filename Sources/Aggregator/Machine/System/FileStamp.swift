// Optimised builds find the members of `timespec` in this module.
import CEvent

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What changes when a file does: enough to notice, without reading it.
package struct FileStamp: Sendable, Hashable {
    /// Its length in bytes.
    package let size: Int64
    /// The file's number; a replaced file has another.
    package let inode: UInt64
    /// When it was last modified, whole seconds since 1970.
    package let seconds: Int64
    /// The rest of that moment.
    package let nanoseconds: Int64

    /// What something else than a file of the system says of itself.
    package init(size: Int64, inode: UInt64, seconds: Int64, nanoseconds: Int64) {
        self.size = size
        self.inode = inode
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// Reads what the system reports.
    init(_ status: stat) {
        size = Int64(status.st_size)
        inode = UInt64(status.st_ino)
        #if canImport(Darwin)
        seconds = Int64(status.st_mtimespec.tv_sec)
        nanoseconds = Int64(status.st_mtimespec.tv_nsec)
        #else
        seconds = Int64(status.st_mtim.tv_sec)
        nanoseconds = Int64(status.st_mtim.tv_nsec)
        #endif
    }
}
