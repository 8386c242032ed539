#if DEBUG
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What a worker must not be able to do; builds for tests try it when a question asks for it.
package enum Trespass: UInt32, CaseIterable, Sendable {
    case open = 0xFFFF_FF00
    case connect, execute, signal, session

    /// Tries it; a worker that is confined does not come back from here.
    static func tryIfAsked(_ question: Question) {
        switch Trespass(rawValue: question.rule) {
        case .open: _ = unsafe opendir("/etc")
        case .connect: _ = socket(AF_UNIX, 1, 0)
        case .execute: _ = execute()
        case .signal: _ = kill(1, 0)
        case .session: _ = setsid()
        case nil: break
        }
    }

    private static func execute() -> Int32 {
        var nothing: [UnsafeMutablePointer<CChar>?] = unsafe [nil]
        return unsafe execve("/bin/true", &nothing, &nothing)
    }
}
#endif
