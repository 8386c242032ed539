package import Aggregator
import Synchronization
package import Wire

/// One exchange of its own for one request, as a POST is: what is said about it, and its answer.
///
/// `@unchecked Sendable`: driven by one test on one thread, as its world is.
package final class Post: Channel, @unchecked Sendable {
    private unowned let world: World
    private let transport = MemoryTransport()
    private let heard = LineQueue()
    private var task: Task<Void, Never>?

    /// Makes a request with its own envelope, and lets happen what follows from it.
    package init(_ world: World, _ line: String, principal: Principal = .local) {
        self.world = world
        guard let message = try? Message(scanning: Array(line.utf8)) else {
            preconditionFailure("The test made a request that is no message.")
        }
        task = world.loop.start { [self, hub = world.hub] in
            await hub.serve(message, for: principal, over: self)
        }
        world.run()
    }

    /// The client goes away.
    package func close() {
        task?.cancel()
        world.run()
    }

    package func send(_ aside: Draft) { LineChannel(transport).send(aside) }

    package func answer(_ answer: Answer, id: ArraySlice<UInt8>) {
        LineChannel(transport).answer(answer, id: id)
    }

    package func answer(batch: [UInt8]) {}
    package func dismiss(id: ArraySlice<UInt8>) {}
    package var isShared: Bool { false }
    package var isCongested: Bool { false }
    package func drained() async {}

    /// The lines that came since they were last taken.
    package func take() -> [String] {
        var lines: [String] = []
        heard.push(transport.flush())
        heard.take { line in
            if case .complete(let bytes) = line {
                lines.append(String(decoding: bytes, as: UTF8.self))
            }
        }
        return lines
    }
}
