#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension MachineFailure {
    /// A failed system call: "`attempt`: reason." with the code that fits the error number.
    init(_ attempt: String, errno number: Int32) {
        self.init(Code(errno: number), "\(attempt): \(Self.reason(number)).", errno: number)
    }

    /// What the waiting task is told when it was cancelled.
    static let cancelled = MachineFailure(.cancelled, "The wait was cancelled.")

    /// The system's sentence for an error number.
    static func reason(_ number: Int32) -> String {
        guard let text = unsafe strerror(number) else { return "error \(number)" }
        return unsafe String(cString: text)
    }
}

extension MachineFailure.Code {
    /// The kind an error number belongs to.
    init(errno number: Int32) {
        switch number {
        case ENOENT, ENOTDIR: self = .missing
        case EACCES, EPERM, EROFS: self = .denied
        case EADDRINUSE, EEXIST: self = .occupied
        case EPIPE, ECONNRESET, EBADF: self = .closed
        default: self = .system
        }
    }
}
