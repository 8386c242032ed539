/// A suspended task, to be resumed exactly once; the only place that touches a continuation.
@safe struct Resumption: Sendable {
    private let continuation: UnsafeContinuation<Void, Never>

    private init(_ continuation: UnsafeContinuation<Void, Never>) {
        unsafe self.continuation = continuation
    }

    /// Lets the task go on, on the executor it was suspended on.
    func resume() { unsafe continuation.resume() }

    /// Suspends the calling task and hands `park` what resumes it.
    ///
    /// `park` must keep it or use it.
    @inline(__always)
    nonisolated(nonsending) static func suspend(_ park: (Resumption) -> Void) async {
        // The official way asks twice which executor the task prefers, before and after, which takes as
        // long as to resume it.
        await unsafe _unsafeInheritExecutor_withUnsafeContinuation {
            (continuation: UnsafeContinuation<Void, Never>) in
            unsafe park(Resumption(continuation))
        }
    }
}
