import Synchronization

/// A few threads for calls that block, so that the loop never does.
///
/// A thread lives while there is work, and at most `threads` at a time; the rest waits its turn.
package final class OffLoop: Sendable {
    private struct State {
        var waiting: [@Sendable () -> Void] = []
        var running = 0
    }

    private let threads: Int
    private let state = Mutex(State())

    /// A place that runs at most `threads` closures at a time.
    package init(threads: Int = 4) {
        precondition(threads > 0, "Work needs a thread.")
        self.threads = threads
    }

    /// Runs a closure on another thread and returns or throws what it does.
    ///
    /// A call that blocks cannot be cancelled: the task waits for it to its end.
    package func run<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let outcome = Outcome<Value, Failure>()
        await Resumption.suspend { resumption in
            submit {
                outcome.set { () throws(Failure) in try work() }
                resumption.resume()
            }
        }
        return try outcome.take()
    }

    private func submit(_ job: @escaping @Sendable () -> Void) {
        let startsThread = state.withLock { state in
            state.waiting.append(job)
            guard state.running < threads else { return false }
            state.running += 1
            return true
        }
        guard startsThread else { return }
        if !Thread.start({ self.work() }) { work() }
    }

    /// Runs jobs until none waits.
    ///
    /// Without a thread to be had, the caller does it: late, but done.
    private func work() {
        while let job = next() { job() }
    }

    private func next() -> (@Sendable () -> Void)? {
        state.withLock { state in
            if state.waiting.isEmpty {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
    }

    /// What the closure came to, from its thread to the task's.
    private final class Outcome<Value: Sendable, Failure: Error>: Sendable {
        private let result = Mutex<Result<Value, Failure>?>(nil)

        func set(_ work: () throws(Failure) -> Value) {
            let outcome: Result<Value, Failure>
            do throws(Failure) {
                outcome = .success(try work())
            } catch {
                outcome = .failure(error)
            }
            result.withLock { $0 = outcome }
        }

        func take() throws(Failure) -> Value {
            guard let result = result.withLock({ $0 }) else {
                preconditionFailure("A task went on before its work was done.")
            }
            return try result.get()
        }
    }
}
