package import Aggregator
import Synchronization
import Wire

/// A client of a world: says lines, and keeps the lines it hears.
///
/// `@unchecked Sendable`: driven by one test on one thread, as its world is.
package final class Client: @unchecked Sendable {
    package let session: Session
    package let transport = MemoryTransport()
    private unowned let world: World
    private let input = LineQueue()
    private let heardQueue = LineQueue()
    private var heard: [String] = []
    /// Whether the session's last task has ended.
    package private(set) var hasEnded = false

    init(_ world: World) {
        self.world = world
        session = Session(channel: LineChannel(transport), hub: world.hub)
        _ = world.loop.start { [self] in await serve() }
    }

    private func serve() async {
        await withDiscardingTaskGroup { group in
            do throws(Failure) {
                while try await input.fill() {
                    while let line = input.next() { session.receive(line, in: &group) }
                }
            } catch {}
            session.close()
        }
        hasEnded = true
    }

    // MARK: Saying

    /// Says a line, and lets happen what follows from it.
    package func say(_ line: String) {
        tell(line)
        world.run()
    }

    /// Says a line; what follows from it happens with the next run.
    package func tell(_ line: String) { input.push(Array((line + "\n").utf8)) }

    /// Says bytes as they are.
    package func tell(bytes: [UInt8]) { input.push(bytes) }

    /// Makes a request with the parameters given as JSON.
    package func request(_ id: String, _ method: String, _ params: String = "{}") {
        say(#"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#)
    }

    /// Calls a tool.
    package func call(_ id: String, _ tool: String, _ arguments: String = "{}", meta: String? = nil)
    {
        let meta = meta.map { #","_meta":\#($0)"# } ?? ""
        request(id, "tools/call", #"{"name":"\#(tool)","arguments":\#(arguments)\#(meta)}"#)
    }

    /// Sends a notification.
    package func notify(_ method: String, _ params: String = "{}") {
        say(#"{"jsonrpc":"2.0","method":"\#(method)","params":\#(params)}"#)
    }

    /// Shakes hands, and forgets what comes back.
    ///
    /// `settling` lets the time pass in which upstreams
    /// that answer come up and what they list is announced.
    package func open(
        _ capabilities: String = "{}", revision: String = "2025-11-25", settling: Bool = true
    ) {
        request(
            #""open""#, "initialize",
            #"{"protocolVersion":"\#(revision)","capabilities":\#(capabilities),"#
                + #""clientInfo":{"name":"test","version":"1"}}"#)
        notify("notifications/initialized")
        if settling { world.advance(by: .milliseconds(700)) }
        _ = take()
    }

    /// Ends the client's output, as one that exits does.
    package func end() {
        input.end()
        world.run()
    }

    // MARK: Hearing

    /// Takes in what the session wrote; whether there was anything.
    ///
    /// The world calls it at the end of a turn.
    @discardableResult
    package func collect() -> Bool {
        let bytes = transport.flush()
        guard !bytes.isEmpty else { return false }
        heardQueue.push(bytes)
        heardQueue.take { line in
            if case .complete(let bytes) = line {
                heard.append(String(decoding: bytes, as: UTF8.self))
            }
        }
        return true
    }

    /// The lines heard since they were last taken.
    package func take() -> [String] {
        collect()
        defer { heard = [] }
        return heard
    }

    /// The one line heard; something readable when it was not one.
    package func one() -> String {
        let lines = take()
        return lines.count == 1 ? lines[0] : "\(lines.count) lines: \(lines)"
    }
}
