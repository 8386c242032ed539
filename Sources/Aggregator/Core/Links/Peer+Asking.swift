import Synchronization
package import Wire

/// Questions of our own, which have a moment by which they must be answered.
extension Peer {
    /// Asks something in one line, without its end, that `write` appends under the id that it is
    /// given; waits for the answer, the deadline or the cancellation of the task.
    ///
    /// Whoever runs the conversation runs `keepDeadlines`, too, which ends what is late.
    package func ask(
        by deadline: ContinuousClock.Instant, _ write: (_ id: Int, _ line: inout [UInt8]) -> Void
    ) async throws(Failure) -> Message {
        var load = transport.load
        if load.isCongested {
            try await waitForRoom(time.now.duration(to: deadline))
            load = transport.load
        }
        backlog.store(0, ordering: .relaxed)
        let id = lastID.add(1, ordering: .relaxed).newValue
        let outcome = await withTaskCancellationHandler {
            await Resumption<Outcome>.wait { resumption in
                let (now, end) = (elapsed, start.duration(to: deadline))
                let isWelcome = enter(
                    Pending(
                        resumption: resumption, caller: nil, position: load.accepted,
                        patience: end - now, deadline: end, began: now),
                    at: id)
                guard isWelcome else { return }
                setAlarm(to: end)
                transport.write { buffer in
                    write(id, &buffer)
                    buffer.append(UInt8(ascii: "\n"))
                }
            }
        } onCancel: {
            abandon(id)
        }
        return try conclude(id, outcome, opens: false, caller: nil)
    }

    /// Ends what is asked at its deadline, until the task is cancelled.
    ///
    /// One alarm serves all questions: one for each would cost as much as the question. It stays set
    /// when the question that it was set for has been answered, and is then set anew.
    package func keepDeadlines() async {
        while !Task.isCancelled {
            let version = alarmed.version
            let alarm = state.withLock { $0.alarm }.map { start.advanced(by: $0) }
            if let alarm, alarm <= time.now {
                sweep(now: time.now)
                state.withLock { state in
                    state.alarm = state.pending.entries.compactMap(\.value.deadline).min()
                }
            } else {
                await alarmed.wait(after: version, until: alarm, on: time)
            }
        }
    }

    /// Sees to it that it is looked at what is late when this moment comes.
    private func setAlarm(to deadline: Duration) {
        let isSooner = state.withLock { state in
            if let alarm = state.alarm, alarm <= deadline { return false }
            state.alarm = deadline
            return true
        }
        if isSooner { alarmed.raise() }
    }
}
