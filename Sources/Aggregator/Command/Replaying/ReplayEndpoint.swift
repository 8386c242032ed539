import Aggregator
import Synchronization
import Wire

/// An upstream that is not there: it says what was recorded of it.
struct ReplayEndpoint: Endpoint {
    let name: String
    /// Where the recording is, for errors.
    let file: String
    /// One server for all its conversations, so that repeats stay in their order.
    let server: ReplayedServer
    let log: Log

    var summary: String { "recording \(file)" }
    var fingerprint: String { "recording \(file) \(name)" }

    func connect() async throws(Failure) -> any Connection { ReplayConnection(self) }
}

/// What a server said, and how far that has been told.
final class ReplayedServer: Sendable {
    private let recorded: Mutex<RecordedServer>

    /// A server of which nothing has been told yet.
    init(_ recorded: RecordedServer) { self.recorded = Mutex(recorded) }

    /// What is answered to a request.
    func reply(to request: Message) -> RecordedServer.Reply {
        recorded.withLock { $0.reply(to: request) }
    }

    /// The latest answer to a handshake.
    func latest(_ method: Method) -> Message? { recorded.withLock { $0.latest(method) } }
}
