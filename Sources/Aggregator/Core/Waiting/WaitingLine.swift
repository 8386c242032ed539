import Synchronization

/// Those who wait for one of a few things, first come, first served.
///
/// It lies in the state that says what there is, under that state's lock, so that nobody joins while
/// something becomes free. Whoever has something to give takes the first ticket out and gives it that,
/// after the lock: one is woken, where a `Signal` would wake everybody for what one of them gets.
package struct WaitingLine<Thing: Sendable>: Sendable {
    private var tickets: [Ticket<Thing>] = []
    /// How many at the beginning have left: an array is slow to lose its first.
    private var gone = 0

    /// Nobody.
    package init() {}

    /// How many wait.
    package var count: Int { tickets.count - gone }

    /// Joins at the end; who is not given anything has to `leave`.
    package mutating func join() -> Ticket<Thing> {
        let ticket = Ticket<Thing>()
        tickets.append(ticket)
        return ticket
    }

    /// Takes the first out; nil when nobody waits.
    package mutating func popFirst() -> Ticket<Thing>? {
        guard gone < tickets.count else { return nil }
        defer {
            gone += 1
            if gone * 2 > tickets.count {
                tickets.removeFirst(gone)
                gone = 0
            }
        }
        return tickets[gone]
    }

    /// Takes everybody out.
    package mutating func popAll() -> [Ticket<Thing>] {
        defer { self = WaitingLine() }
        return Array(tickets[gone...])
    }

    /// Takes one out who waits no longer, wherever they are.
    package mutating func leave(_ ticket: Ticket<Thing>) {
        guard let place = tickets[gone...].firstIndex(where: { $0 === ticket }) else { return }
        tickets.remove(at: place)
    }
}

/// One place in a line: what is given to it, and who is woken by that.
package final class Ticket<Thing: Sendable>: Sendable {
    private struct State {
        var thing: Thing?
        var wake: (@Sendable () -> Void)?
        var isOver = false
    }

    private let state = Mutex(State())

    fileprivate init() {}

    /// Gives it something; false if nobody waits any more, so that it is somebody else's.
    package func give(_ thing: Thing) -> Bool {
        let (isWelcome, wake) = state.withLock { state -> (Bool, (@Sendable () -> Void)?) in
            guard !state.isOver else { return (false, nil) }
            state.thing = thing
            return (true, state.wake.take())
        }
        wake?()
        return isWelcome
    }

    /// Waits for what is given; nil if the deadline or the cancellation of the task came first.
    ///
    /// Then it may be waited for again.
    package func wait(
        until deadline: ContinuousClock.Instant, on time: any Timekeeper
    ) async -> Thing? {
        await time.wait(until: deadline) { wake in
            let isThere = state.withLock { state in
                state.wake = wake
                return state.thing != nil
            }
            if isThere { wake() }
        }
        return state.withLock { state in
            state.wake = nil
            if state.thing != nil { state.isOver = true }
            return state.thing.take()
        }
    }

    /// Waits no longer; what was given at the last moment.
    package func close() -> Thing? {
        state.withLock { state in
            state.isOver = true
            return state.thing.take()
        }
    }
}
