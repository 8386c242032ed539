package import Aggregator
package import Machine
import Wire

/// The door for a client that started us: one session in lines over standard input and output.
package struct StdioFront: Sendable {
    private let input: Input
    private let output: Output
    private let hub: Hub

    /// How long calls in flight may take after the end of input (design, defaults).
    private static let grace = Duration.seconds(2)

    package init(input: Input, output: Output, hub: Hub) {
        self.input = input
        self.output = output
        self.hub = hub
        output.highWater = hub.configuration.limits.queue
    }

    /// Serves until the client is gone, which it shows by ending our input or closing our output,
    /// or until the task is cancelled. Calls in flight are answered or cancelled before it returns.
    package func run() async {
        let session = Session(channel: ClientChannel(output: output), hub: hub)
        await withTaskGroup(of: Void.self) { group in
            group.addImmediateTask { await self.serve(session) }
            group.addImmediateTask { await self.output.closed() }
            // Whichever comes first: nothing more to read, or nobody to write to.
            await group.next()
            group.cancelAll()
        }
        session.close()
        await output.finish()
    }

    private func serve(_ session: Session) async {
        let reader = LineReader(input, limit: hub.limits.bytes)
        await withDiscardingTaskGroup { group in
            await read(reader, session, &group)
            let deadline = hub.services.time.now.advanced(by: Self.grace)
            await session.finish(until: deadline)
            session.close()
            group.cancelAll()
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
        } catch where error.code == .cancelled || error.code == .closed {
            hub.services.log(.debug, "The client's input was closed.")
        } catch {
            hub.services.log(.error, "Could not read from the client: \(error.message)")
        }
    }
}
