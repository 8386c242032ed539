extension Output.State {
    /// Notes that the output must be flushed; false when that is known, or there is nothing to do.
    mutating func queue() -> Bool {
        guard watch != nil, !isQueued, !isBlocked, pending.count > 0 else { return false }
        isQueued = true
        return true
    }

    /// Offers the kernel the front of what is pending.
    mutating func writeOnce(_ limit: Int) {
        guard let watch, !isBlocked, pending.count > 0 else { return }
        let offered = min(limit, pending.count)
        switch unsafe pending.withFront(limit: limit, { unsafe watch.write($0) }) {
        case .moved(let count):
            pending.consume(count)
            sent += UInt64(count)
            if count < offered { block(watch) } else if pending.count == 0 { watch.stopWriting() }
        case .wouldBlock: block(watch)
        case .failed(let number):
            failure = MachineFailure("Could not write", errno: number)
            end()
        }
    }

    private mutating func block(_ watch: Watch) {
        isBlocked = watch.startWriting()
    }

    /// Ends the output: nothing more is written, and its descriptor is let go.
    mutating func end() {
        watch = nil
        pending.drop()
    }

    /// The waiters that may go on now, to be resumed after the lock.
    mutating func release() -> [Waiter] {
        if isFinishing, pending.count == 0 { end() }
        var released: [Waiter] = []
        if watch == nil {
            swap(&released, &waitingForEnd)
        }
        if !waitingForRoom.isEmpty, watch == nil || pending.count <= highWater / 2 {
            released += waitingForRoom
            waitingForRoom.removeAll()
        }
        return released
    }
}
