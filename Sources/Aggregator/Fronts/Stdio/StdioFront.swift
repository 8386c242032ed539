package import Aggregator
package import Machine
import Synchronization
import Wire

/// The door for a client that started us: one session in lines over standard input and output.
package final class StdioFront: Sendable {
    private let input: Input
    private let output: Output
    private let hub: Hub
    private let isStopping = Mutex(false)
    private let stopping = Signal()

    /// How long calls in flight may take after the end of input, and a client that does not read
    /// may keep us.
    ///
    /// Clients send SIGTERM after two seconds; their answers must come before.
    private static let grace = Duration.seconds(1)

    /// A front on the client's streams; the queue's limit is the configuration's.
    package init(input: Input, output: Output, hub: Hub) {
        self.input = input
        self.output = output
        self.hub = hub
        output.highWater = hub.configuration.limits.queue
    }

    /// Ends the session at once, in good order: calls in flight are cancelled and say so.
    package func stop() {
        isStopping.withLock { $0 = true }
        stopping.raise()
    }

    /// Serves until the client is gone, which it shows by ending our input or closing our output.
    ///
    /// Calls in flight are answered or cancelled before it returns.
    package func run() async {
        let session = Session(channel: LineChannel(ClientChannel(output: output)), hub: hub)
        await withTaskGroup(of: Void.self) { group in
            group.addImmediateTask { await self.serve(session) }
            group.addImmediateTask { await self.output.closed() }
            group.addImmediateTask { await self.stopping.wait(after: 0) }
            // Whichever comes first: nothing more to read, nobody to write to, or a signal.
            await group.next()
            group.cancelAll()
        }
        await withTaskGroup(of: Void.self) { group in
            group.addImmediateTask { await self.output.finish() }
            group.addImmediateTask { await self.patience() }
            await group.next()
            group.cancelAll()
        }
    }

    /// Returns once the client has taken nothing for as long as the grace lasts.
    private func patience() async {
        var taken = output.sent
        repeat {
            await hub.services.time.sleep(for: Self.grace)
            guard output.sent > taken, !isStopping.withLock({ $0 }) else { return }
            taken = output.sent
        } while !Task.isCancelled
    }

    private func serve(_ session: Session) async {
        let reader = LineReader(input, limit: hub.limits.bytes)
        await withDiscardingTaskGroup { group in
            await reader.interruptible { await read(reader, session, &group) }
            if !isStopping.withLock({ $0 }) {
                await session.finish(until: hub.services.time.now.advanced(by: Self.grace))
            }
            session.close()
        }
    }

    /// A client that does not read its answers is not read from either, until its end is in sight:
    /// then there is little left to read, and the end must not go unnoticed.
    private func waitForRoom() async {
        while output.isCongested, !input.hasEnded, !Task.isCancelled {
            await output.drained(
                until: hub.services.time.now.advanced(by: .milliseconds(250)))
        }
    }

    private func read(
        _ reader: LineReader, _ session: Session, _ group: inout DiscardingTaskGroup
    ) async {
        do throws(MachineFailure) {
            while try await reader.fill() {
                while let line = reader.next() { session.receive(line, in: &group) }
                await waitForRoom()
            }
            while let line = reader.next() { session.receive(line, in: &group) }
        } catch {
            let isOurs = error.code == .cancelled || error.code == .closed
            hub.services.log(
                isOurs ? .debug : .error, "Reading from the client ended: \(error.message)")
        }
    }
}
