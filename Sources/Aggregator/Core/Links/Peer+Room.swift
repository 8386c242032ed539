import Synchronization
package import Wire

/// What is written although nobody can wait for room, and what becomes of an upstream that does not
/// read it.
extension Peer {
    /// Waits for room in the pipe, as long as the upstream may say nothing about a call.
    @inline(never)
    func waitForRoom(_ patience: Duration) async throws(Failure) {
        let deadline = time.now.advanced(by: patience)
        // Those who waited for the same room may have filled it again.
        while transport.load.isCongested {
            guard !Task.isCancelled else {
                throw Failure(.cancelled, "The call was cancelled.", upstream: name)
            }
            guard time.now < deadline else {
                throw Failure(
                    .timeout,
                    "Upstream '\(name)' has not read what was sent to it for "
                        + "\(patience.described), so the call was not sent.",
                    upstream: name, executed: .no)
            }
            await withTaskGroup(of: Void.self) { group in
                group.addImmediateTask { [transport] in await transport.drained() }
                group.addImmediateTask { [time] in await time.wait(until: deadline) { _ in } }
                await group.next()
                group.cancelAll()
            }
        }
    }

    /// Sends a notification; false if it was dropped because the upstream reads too slowly.
    ///
    /// A cancellation is small and makes room, and no handshake ends without `initialized`: both
    /// go in any case.
    @discardableResult
    package func send(_ draft: Draft) -> Bool {
        switch draft.message.method {
        case .cancelled, .initialized: break
        default: if transport.load.isCongested { return false }
        }
        write { draft.write(into: &$0) }
        return true
    }

    /// Answers a request of the other side under its own id.
    package func write(_ answer: Answer, id: [UInt8]) {
        write { answer.write(id: id[...], into: &$0) }
    }

    /// Writes a line, or ends the conversation if too much waits already.
    func write(_ line: (inout [UInt8]) -> Void) {
        let load = transport.load
        if !load.isCongested {
            backlog.store(0, ordering: .relaxed)
        } else if overflows(load.accepted) {
            return breakOff()
        }
        transport.write { buffer in
            line(&buffer)
            buffer.append(UInt8(ascii: "\n"))
        }
    }

    /// Whether more than the high-water mark has piled up on top of what made the pipe congested.
    ///
    /// One long call may be that all alone, and is no reason to give up an upstream that reads it.
    private func overflows(_ accepted: UInt64) -> Bool {
        let sent = transport.sent
        let waiting = accepted > sent ? accepted - sent : 0
        let first = backlog.load(ordering: .relaxed)
        guard first > 0 else {
            backlog.store(waiting, ordering: .relaxed)
            return false
        }
        return waiting > first + UInt64(transport.highWater)
    }

    private func breakOff() {
        close(
            Failure(
                .lost,
                "Upstream '\(name)' does not read its standard input: too much waits to be read.",
                upstream: name))
        runner.withLock { $0?.cancel() }
    }
}
