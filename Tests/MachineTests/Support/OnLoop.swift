import Machine
import Synchronization
import Testing

/// A test took longer than it may.
struct TookTooLong: Error {}

/// Runs a test's body as the root of a loop of its own, on the calling thread, for a minute at most
/// unless more is allowed.
func onLoop(
    within limit: Duration = .seconds(60),
    _ body: @escaping @Sendable (EventLoop) async throws -> Void
) throws {
    let loop = try EventLoop.make()
    let failure = Mutex<(any Error)?>(nil)
    _ = loop.run {
        do {
            try await withDeadline(of: limit, on: loop) { try await body(loop) }
        } catch {
            failure.withLock { $0 = error }
        }
        return 0
    }
    if let error = failure.withLock({ $0 }) { throw error }
}

/// Runs a body and throws when it is not done in time.
func withDeadline(
    of limit: Duration, on loop: EventLoop, _ body: @escaping @Sendable () async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await loop.sleep(until: loop.now + limit)
            throw TookTooLong()
        }
        try await group.next()
        group.cancelAll()
    }
}

/// Lets every job that is ready run, and descriptors be looked at, a few times.
func turns(_ count: Int = 4, on loop: EventLoop) async {
    for _ in 0..<count { await Task.yield() }
}

/// Waits until something holds, one turn of the loop at a time.
func eventually(_ loop: EventLoop, _ condition: () -> Bool) async throws {
    while !condition() { try await loop.sleep(until: loop.now + .milliseconds(1)) }
}
