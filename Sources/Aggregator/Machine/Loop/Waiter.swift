import Synchronization

/// One task's wait for one thing, with everything that may end it: the event, a deadline,
/// cancellation.
///
/// The first to come decides; later ones find it over.
final class Waiter: Sendable {
    /// What ended a wait.
    enum Outcome: Sendable {
        case event
        case deadline
        case cancelled
    }

    private enum State {
        case starting
        case waiting(Resumption)
        case over(Outcome)
    }

    private let state = Mutex(State.starting)

    /// Whether something ended the wait.
    var isOver: Bool {
        state.withLock { state in
            if case .over = state { true } else { false }
        }
    }

    /// Ends the wait and resumes its task; false when it was over already.
    ///
    /// Callable on any thread.
    @discardableResult
    func end(_ outcome: Outcome) -> Bool {
        let (isFirst, resumption) = state.withLock { state -> (Bool, Resumption?) in
            switch state {
            case .starting:
                state = .over(outcome)
                return (true, nil)
            case .waiting(let resumption):
                state = .over(outcome)
                return (true, resumption)
            case .over:
                return (false, nil)
            }
        }
        resumption?.resume()
        return isFirst
    }

    /// Suspends until something ends the wait; cancelling the task does.
    func outcome() async -> Outcome {
        await withTaskCancellationHandler {
            await outcomeDespiteCancellation()
        } onCancel: {
            end(.cancelled)
        }
    }

    /// Suspends until an event or a deadline ends the wait, however often the task is cancelled.
    func outcomeDespiteCancellation() async -> Outcome {
        await Resumption.suspend { resumption in
            let isOver = state.withLock { state in
                if case .over = state { return true }
                state = .waiting(resumption)
                return false
            }
            if isOver { resumption.resume() }
        }
        return state.withLock { state in
            guard case .over(let outcome) = state else {
                preconditionFailure("A wait was resumed by nobody.")
            }
            return outcome
        }
    }
}
