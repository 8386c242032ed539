import Synchronization

/// A descriptor that is written to, on the loop.
///
/// What a turn writes leaves together at its end.
package final class Output: Watcher, Flushing, Sendable {
    /// What one attempt offers the kernel, so that a file or a fast peer cannot hold up the loop.
    private static let bytesPerTurn = 1024 * 1024
    /// The default mark above which sources should pause.
    private static let defaultHighWater = 8 * 1024 * 1024

    /// What is decided under the lock.
    struct State {
        var watch: Watch?
        var pending = PendingBytes()
        var accepted: UInt64 = 0
        var sent: UInt64 = 0
        /// Why the kernel took no more.
        var failure: MachineFailure?
        var highWater = Output.defaultHighWater
        /// It is in the loop's list of outputs to flush.
        var isQueued = false
        /// The kernel's buffer is full; writability is awaited.
        var isBlocked = false
        /// It closes once everything is written.
        var isFinishing = false
        var waitingForRoom: [Waiter] = []
        var waitingForEnd: [Waiter] = []
    }

    let loop: EventLoop
    let state: Mutex<State>
    /// Ends when a helper thread has passed on the last byte; nil without such a thread.
    let delivered: Waiter?

    /// Takes over a descriptor.
    ///
    /// `reportsDeath`: read interest on it means that its peer is gone.
    init(
        _ descriptor: consuming Descriptor, on loop: EventLoop, reportsDeath: Bool,
        delivered: Waiter? = nil
    ) {
        self.loop = loop
        self.delivered = delivered
        let watch = Watch(descriptor, on: loop)
        state = Mutex(State(watch: watch))
        watch.tell(self)
        if reportsDeath { loop.perform { watch.startReading() } }
    }

    deinit {
        state.withLock { $0.watch.take() }?.dispose()
    }

    /// Lets `body` append bytes; they leave at the end of the turn.
    ///
    /// Never suspends, never fails: after the end they go nowhere. `body` may not use this output.
    package func write(_ body: (inout [UInt8]) -> Void) {
        let mustQueue = state.withLock { state -> Bool in
            guard state.watch != nil, !state.isFinishing else { return false }
            state.accepted += UInt64(state.pending.append(body))
            return state.queue()
        }
        if mustQueue { queue() }
    }

    private func queue() {
        if loop.isCurrent {
            loop.add(self)
        } else {
            loop.perform { self.loop.add(self) }
        }
    }

    /// Writes what the kernel takes now.
    ///
    /// Called at the end of a turn, and when there is room again.
    func flush() {
        let (released, mustQueue) = state.withLock { state -> ([Waiter], Bool) in
            state.isQueued = false
            state.writeOnce(Self.bytesPerTurn)
            return (state.release(), state.queue())
        }
        for waiter in released { waiter.end(.event) }
        if mustQueue { queue() }
    }

    /// There is room in the kernel's buffer again.
    func becameWritable() {
        state.withLock { $0.isBlocked = false }
        flush()
    }

    /// A pipe's reader or a socket's peer is gone, or somebody sends where nobody listens.
    func becameReadable() {
        let released = state.withLock { state -> [Waiter] in
            guard let watch = state.watch else { return [] }
            if watch.hasLostPeer {
                state.end()
            } else {
                // Bytes, or one half closed: not the end, and asking again would spin.
                watch.stopReading()
            }
            return state.release()
        }
        for waiter in released { waiter.end(.event) }
    }

    /// Drops what was not written and ends the descriptor.
    ///
    /// Callable on any thread, repeatedly.
    package func close() {
        let (watch, released) = state.withLock { state -> (Watch?, [Waiter]) in
            let watch = state.watch
            state.end()
            return (watch, state.release())
        }
        watch?.dispose()
        for waiter in released { waiter.end(.event) }
    }
}
