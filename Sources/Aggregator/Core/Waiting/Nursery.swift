import Synchronization

/// Where long-lived work that starts in the middle of something else lives.
///
/// Every task of the product is a child of something that waits for it; a nursery is that
/// something for work whose starter cannot wait, such as the life of an upstream's link.
package final class Nursery: Sendable {
    /// What a child does; it must end when it is cancelled.
    package typealias Work = @Sendable () async -> Void

    private let queue = Mutex<[Work]>([])
    private let signal = Signal()

    package init() {}

    /// Starts `work` as a child of whoever runs the nursery, in the order of the calls.
    package func start(_ work: @escaping Work) {
        queue.withLock { $0.append(work) }
        signal.raise()
    }

    /// Runs what is started until the task is cancelled, then cancels and awaits all of it.
    package func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let version = signal.version
                for work in take() { group.addImmediateTask { await work() } }
                await signal.wait(after: version)
            }
            group.cancelAll()
        }
    }

    private func take() -> [Work] {
        queue.withLock { queue in
            defer { queue.removeAll() }
            return queue
        }
    }
}
