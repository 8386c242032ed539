/// A value that is made when it is first needed, once, on another thread.
///
/// Whoever comes meanwhile waits for it. A failure goes to the one who tried; the next tries anew.
///
/// `@unchecked Sendable`: used on the loop's thread only.
final class Prepared<Value: Sendable>: @unchecked Sendable {
    private var value: Value?
    private var isBeingMade = false
    private var waiters: [Waiter] = []

    /// The value, made by `make` if nobody has.
    ///
    /// Throws `.cancelled` for a task that is cancelled while it waits for another one's making.
    func get(
        _ offLoop: OffLoop, _ make: @escaping @Sendable () throws(MachineFailure) -> Value
    ) async throws(MachineFailure) -> Value {
        while true {
            if let value { return value }
            if !isBeingMade { return try await prepare(offLoop, make) }
            let waiter = Waiter()
            waiters.append(waiter)
            if await waiter.outcome() == .cancelled { throw MachineFailure.cancelled }
        }
    }

    private func prepare(
        _ offLoop: OffLoop, _ make: @escaping @Sendable () throws(MachineFailure) -> Value
    ) async throws(MachineFailure) -> Value {
        isBeingMade = true
        defer {
            isBeingMade = false
            for waiter in waiters { waiter.end(.event) }
            waiters.removeAll()
        }
        let made = try await offLoop.run(make)
        value = made
        return made
    }
}
