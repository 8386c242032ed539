/// What went wrong between this process and the operating system.
package struct MachineFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure a caller may want to tell apart.
    package enum Code: Sendable, Hashable, CaseIterable {
        /// The thing named does not exist (a file, a program, a folder).
        case missing
        /// The system denied access, or a file is not as private as it must be.
        case denied
        /// Somebody else already holds the thing (a socket another process answers on).
        case occupied
        /// The input, output or listener was closed by us, or its peer is gone.
        case closed
        /// The task that waited was cancelled.
        case cancelled
        /// The thing is larger than the limit the caller gave.
        case tooLarge
        /// No connection came about: a name that leads nowhere, a closed port, a refusing proxy.
        case unreachable
        /// TLS failed: a certificate that nobody vouches for, or no common language.
        case untrusted
        /// A deadline passed.
        case timedOut
        /// What the caller asked for cannot be asked: a URL or a field that is none, a pipe that
        /// nobody writes to.
        case unusable
        /// A system call failed for another reason; `errno` says which.
        case system
    }

    /// How far a request came: whether it can have been executed.
    package enum Delivery: Sendable, Hashable, CaseIterable {
        /// Provably no byte of the request left: it was not executed and may be sent again.
        case notSent
        /// Bytes left and nothing came back: it may have been executed.
        case unknown
        /// The answer had begun, and was cut off.
        case answered
    }

    /// The kind of failure.
    package let code: Code
    /// A sentence that names the thing and the attempt, ready for a human.
    package let message: String
    /// The system's error number, 0 when no system call failed.
    package let errno: Int32
    /// How far the request came; nil when the failure is not about a request.
    package let delivery: Delivery?

    /// A failure with every part given.
    package init(
        _ code: Code, _ message: String, errno: Int32 = 0, delivery: Delivery? = nil
    ) {
        self.code = code
        self.message = message
        self.errno = errno
        self.delivery = delivery
    }

    /// The sentence without its full stop, for the inside of another one.
    package var clause: String {
        message.hasSuffix(".") ? String(message.dropLast()) : message
    }

    /// The sentence.
    package var description: String { message }
}
