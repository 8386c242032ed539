import CSpawn

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How a child ended.
package enum ExitStatus: Sendable, Hashable, CustomStringConvertible {
    /// It exited with a code, 0 for success.
    case code(Int32)
    /// A signal ended it.
    case signal(Int32)

    /// The signal for a system call that is not allowed.
    package static let badCall = SIGSYS

    /// Reads what `waitpid` reports.
    init(waitStatus: Int32) {
        self =
            spawn_did_exit(waitStatus) != 0
            ? .code(spawn_exit_code(waitStatus)) : .signal(spawn_exit_signal(waitStatus))
    }

    /// A phrase for a sentence: "exited with code 3", "was ended by signal 9".
    package var description: String {
        switch self {
        case .code(let code): "exited with code \(code)"
        case .signal(let number): "was ended by signal \(number)"
        }
    }
}
