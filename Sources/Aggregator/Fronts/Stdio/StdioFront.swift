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
        input.close()
    }

    /// Serves until the client is gone, which it shows by ending our input or closing our output.
    ///
    /// Calls in flight are answered or cancelled before it returns.
    package func run() async {
        let session = Session(channel: ClientChannel(output: output), hub: hub)
        await withTaskGroup(of: Void.self) { group in
            group.addImmediateTask { await self.serve(session) }
            group.addImmediateTask { await self.output.closed() }
            // Whichever comes first: nothing more to read, or nobody to write to.
            await group.next()
            group.cancelAll()
        }
        await withTaskGroup(of: Void.self) { group in
            group.addImmediateTask { await self.output.finish() }
            group.addImmediateTask { await self.hub.services.time.sleep(for: Self.grace) }
            await group.next()
            group.cancelAll()
        }
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

    private func read(
        _ reader: LineReader, _ session: Session, _ group: inout DiscardingTaskGroup
    ) async {
        do throws(MachineFailure) {
            while try await reader.fill() {
                while let line = reader.next() { session.receive(line, in: &group) }
                // A client that does not read its answers is not read from either.
                if output.isCongested { await output.drained() }
            }
            while let line = reader.next() { session.receive(line, in: &group) }
        } catch {
            let isOurs = error.code == .cancelled || error.code == .closed
            hub.services.log(
                isOurs ? .debug : .error, "Reading from the client ended: \(error.message)")
        }
    }
}
