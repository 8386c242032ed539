import Synchronization

/// A descriptor that one task reads from, on the loop.
package final class Input: Watcher, Sendable {
    /// The most that is read at a time: one read per turn, so that no input starves the others.
    package static let bytesPerTurn = 64 * 1024

    private struct State {
        var watch: Watch?
        var waiting: Resumption?
    }

    private let loop: EventLoop
    private let isAlwaysReady: Bool
    private let state: Mutex<State>

    /// Takes over a descriptor.
    init(_ descriptor: consuming Descriptor, on loop: EventLoop) {
        self.loop = loop
        isAlwaysReady = descriptor.kind == .file
        let watch = Watch(descriptor, on: loop)
        state = Mutex(State(watch: watch))
        watch.tell(self)
    }

    deinit {
        state.withLock { $0.watch.take() }?.dispose()
    }

    /// Whether nobody will write any more, though what was written may still be there to read.
    package var hasEnded: Bool {
        state.withLock { $0.watch?.hasLostPeer ?? true }
    }

    /// Suspends until there is something to read, the end included.
    ///
    /// Throws `.closed` after `close()`, `.cancelled` when the task is cancelled; nothing is lost.
    package func readable() async throws(MachineFailure) {
        await withTaskCancellationHandler {
            await Resumption.suspend(park)
        } onCancel: {
            interrupt()
        }
        if Task.isCancelled { throw MachineFailure.cancelled }
    }

    /// Keeps what resumes the reader until there is something to read, or resumes it at once.
    func park(_ resumption: Resumption) {
        loop.checkIsCurrent()
        let isParked = state.withLock { state -> Bool in
            precondition(state.waiting == nil, "An input has one reader at a time.")
            // The cancellation handler takes this lock too: it ran before, or it finds the entry.
            guard let watch = state.watch, !Task.isCancelled else { return false }
            if !isAlwaysReady, !watch.startReading() { return false }
            state.waiting = resumption
            return true
        }
        if !isParked {
            resumption.resume()
        } else if isAlwaysReady {
            loop.postponed.append(self)
        }
    }

    /// Ends the wait of the reader, if it waits.
    func interrupt() {
        state.withLock { $0.waiting.take() }?.resume()
    }

    /// The loop found something to read.
    func becameReadable() {
        let resumption = state.withLock { state in
            // Nobody reads, which is back-pressure: ask again when somebody does.
            if state.waiting == nil { state.watch?.stopReading() }
            return state.waiting.take()
        }
        resumption?.resume()
    }

    /// Reads once.
    ///
    /// Returns the number of bytes, 0 at the end, nil when there is nothing yet.
    func read(into target: UnsafeMutableRawBufferPointer) throws(MachineFailure) -> Int? {
        let attempt = state.withLock { state -> Descriptor.Attempt? in
            guard let watch = state.watch else { return nil }
            let bounded = unsafe UnsafeMutableRawBufferPointer(
                rebasing: target[..<min(target.count, Self.bytesPerTurn)])
            let attempt = unsafe watch.read(into: bounded)
            if case .moved(0) = attempt { watch.stopReading() }
            return attempt
        }
        switch attempt {
        case .moved(let count): return count
        case .wouldBlock: return nil
        case .failed(let number): throw MachineFailure("Could not read", errno: number)
        case nil: throw MachineFailure(.closed, "Could not read: the input is closed.")
        }
    }

    /// Ends the descriptor; whoever reads is told.
    ///
    /// Callable on any thread, and more than once.
    package func close() {
        let (watch, resumption) = state.withLock { ($0.watch.take(), $0.waiting.take()) }
        watch?.dispose()
        resumption?.resume()
    }
}
