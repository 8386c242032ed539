import CSpawn
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Signals delivered through the loop, for one task at a time.
package final class Signals: Sendable {
    /// SIGCHLD, which the loop keeps for itself.
    static let childEnded: Int32 = SIGCHLD

    private struct State {
        var arrived: [Int32] = []
        var waiter: Waiter?
    }

    private let numbers: Set<Int32>
    private let state = Mutex(State())

    init(_ numbers: Set<Int32>) { self.numbers = numbers }

    /// The next signal, or nil when the task was cancelled.
    ///
    /// Equal ones that nobody took merge.
    package func next() async -> Int32? {
        while true {
            let waiter = Waiter()
            let number = state.withLock { state -> Int32? in
                if !state.arrived.isEmpty { return state.arrived.removeFirst() }
                state.waiter = waiter
                return nil
            }
            if let number { return number }
            if await waiter.outcome() == .cancelled { return nil }
        }
    }

    /// A signal came.
    func arrived(_ number: Int32) {
        guard numbers.contains(number) else { return }
        let waiter = state.withLock { state in
            if !state.arrived.contains(number) { state.arrived.append(number) }
            return state.waiter.take()
        }
        waiter?.end(.event)
    }
}

extension EventLoop {
    /// Catches signals for the life of the process and delivers them to the returned object.
    package func signals(_ numbers: Set<Int32>) -> Signals {
        checkIsCurrent()
        precondition(!numbers.contains(Signals.childEnded), "SIGCHLD belongs to the loop.")
        for number in numbers {
            let error = signals_catch(number)
            precondition(error == 0, "Signal \(number) cannot be caught.")
        }
        let subscription = Signals(numbers)
        subscriptions.append(subscription)
        return subscription
    }
}
