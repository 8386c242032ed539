/// A suspended task that will be resumed exactly once, with a value.
///
/// The only place in this module that touches an unsafe continuation: whoever holds a
/// `Resumption` takes it out of its table under a lock and resumes it after the lock, so it can
/// neither be resumed twice nor be forgotten.
@safe package struct Resumption<Success: Sendable>: Sendable {
    private let continuation: UnsafeContinuation<Success, Never>

    /// Takes over a continuation; nobody else may resume it.
    init(_ continuation: UnsafeContinuation<Success, Never>) {
        unsafe self.continuation = continuation
    }

    /// Lets the task go on with `value`.
    package func resume(returning value: Success) {
        unsafe continuation.resume(returning: value)
    }

    /// Suspends the current task and hands its resumption to `body`.
    @inline(__always)
    package static func wait(_ body: (Resumption<Success>) -> Void) async -> Success {
        // The official way asks twice which executor the task prefers, before and after, which takes as
        // long as to resume it.
        await unsafe _unsafeInheritExecutor_withUnsafeContinuation { continuation in
            unsafe body(Resumption(continuation))
        }
    }
}
