import Synchronization
import Wire

/// How much of calls that wait for their clients one process keeps.
package struct ParkLimits: Sendable {
    /// How many there are at most.
    package var calls = 1000
    /// How many bytes of questions and outcomes they keep together.
    package var bytes = 64 * 1024 * 1024

    /// The usual limits.
    package init() {}
}

/// The calls that their clients may come back to.
final class Parks: Sendable {
    private let limits: ParkLimits

    private struct State {
        var parks: [Int: Park] = [:]
        /// What each of them keeps.
        var sizes: [Int: Int] = [:]
        var bytes = 0

        mutating func change(_ number: Int, by size: Int) {
            guard let known = sizes[number] else { return }
            sizes[number] = known + size
            bytes += size
        }
    }

    private let state = Mutex(State())
    private let lastNumber = Atomic(0)
    /// Tells tokens of this process from those of others, whose calls are not here.
    private let instance = UInt64.random(in: .min ... .max)

    /// None yet.
    init(_ limits: ParkLimits) { self.limits = limits }

    /// A number that no other call has.
    func newNumber() -> Int { lastNumber.add(1, ordering: .relaxed).newValue }

    /// What a token says, so that the call is found again.
    func name(of park: Park) -> String { "\(instance)-\(park.number)" }

    /// The call of this name; nil when it is over for so long that it is forgotten.
    func find(_ name: String) -> Park? {
        let parts = name.split(separator: "-")
        guard parts.count == 2, UInt64(parts[0]) == instance, let number = Int(parts[1]) else {
            return nil
        }
        return state.withLock { $0.parks[number] }
    }

    /// Keeps a call with one more question; throws if there are too many.
    func admit(_ park: Park, _ size: Int) throws(Failure) {
        let isAdmitted = state.withLock { state in
            let isNew = state.parks[park.number] == nil
            guard state.bytes + size <= limits.bytes, !isNew || state.parks.count < limits.calls
            else { return false }
            if isNew {
                state.parks[park.number] = park
                state.sizes[park.number] = 0
            }
            state.change(park.number, by: size)
            return true
        }
        guard isAdmitted else {
            throw Failure(.refused, "Too many calls wait for answers of their clients.")
        }
    }

    /// One question less, of this many bytes.
    func release(_ size: Int, of park: Park) {
        state.withLock { $0.change(park.number, by: -size) }
    }

    /// The call keeps its outcome too.
    func hold(_ size: Int, for park: Park) {
        state.withLock { $0.change(park.number, by: size) }
    }

    /// The client has been given the outcome: it is kept for a while if there is room.
    func settled(_ park: Park) {
        if state.withLock({ $0.bytes > limits.bytes }) { remove(park) }
    }

    /// Forgets a call.
    func remove(_ park: Park) {
        state.withLock { state in
            state.parks[park.number] = nil
            state.bytes -= state.sizes.removeValue(forKey: park.number) ?? 0
        }
    }

    /// Ends the call whose client takes back the request that was answered last.
    func cancel(_ id: ArraySlice<UInt8>, on pipe: ObjectIdentifier, _ cancellation: Draft) {
        for park in state.withLock({ Array($0.parks.values) })
        where park.cancel(id, on: pipe, cancellation) { return }
    }

    /// Gives up what nobody has come back for in time, and before that tries other ways to ask.
    func sweep(now: ContinuousClock.Instant) {
        for park in state.withLock({ Array($0.parks.values) }) {
            park.expire(at: now)
            park.passOn(at: now)
        }
    }

    /// How many calls can be come back to.
    var count: Int { state.withLock { $0.parks.count } }
}
