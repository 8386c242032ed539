#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What somebody handed us as a standard stream.
enum StreamKind: Sendable {
    case pipe
    case terminal
    case socket
    /// A regular file, `/dev/null` and everything else that nothing can wait for.
    case file

    /// Asks the system about an open descriptor.
    init(_ number: Int32) {
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else {
            self = .file
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFIFO: self = .pipe
        case S_IFSOCK: self = .socket
        case S_IFCHR: self = isatty(number) == 1 ? .terminal : .file
        default: self = .file
        }
    }
}
