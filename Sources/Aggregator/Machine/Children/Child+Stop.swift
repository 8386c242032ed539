#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension Child {
    /// Ends the child politely at first: standard input is closed once what was written to it is
    /// taken; after `closing` its group gets SIGTERM, after `terminating` more SIGKILL.
    ///
    /// Always runs to its end, also in a cancelled task: the steps bound it.
    package func stop(closing: Duration, terminating: Duration) async -> ExitStatus {
        loop.checkIsCurrent()
        input.finishLater()
        if let status = await ended(within: closing) { return status }
        signalGroup(SIGTERM)
        if let status = await ended(within: terminating) { return status }
        signalGroup(SIGKILL)
        input.close()
        while true {
            // SIGKILL cannot be refused; a process in the kernel's hands may need a moment.
            if let status = await ended(within: .seconds(60)) { return status }
        }
    }

    /// How it ended, if it does within `delay`; cancelling the task does not shorten the wait.
    package func ended(within delay: Duration) async -> ExitStatus? {
        let waiter = Waiter()
        if let status = status(orAdd: waiter) { return status }
        _ = await loop.outcomeDespiteCancellation(of: waiter, until: loop.now + delay)
        return status
    }
}
