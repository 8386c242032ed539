import Synchronization
package import Wire

/// One configured upstream's way of being reached: the seam between the domain and a kind.
package protocol Endpoint: Sendable {
    /// What it is, for `status` and errors, such as `stdio uvx mcp-server-time`; no secrets.
    var summary: String { get }

    /// Changes when the settings change that decide what the upstream is; no secrets.
    var fingerprint: String { get }

    /// The last lines that it wrote for people, over all its starts.
    var trail: [String] { get }

    /// Takes over an entry that differs in nothing that a running server depends on.
    func adopt(_ upstream: Configuration.Upstream)

    /// The legs of the way to it, for `check --probe`; those that no call has shown are tried now.
    func legs() async -> [Leg]

    /// Opens a conversation; what it throws says why not and what the user can do.
    func connect() async throws(Failure) -> any Connection
}

extension Endpoint {
    package var trail: [String] { [] }
    package func legs() async -> [Leg] { [] }
    package func adopt(_ upstream: Configuration.Upstream) {}
}

/// One conversation with one upstream server, from its opening to its loss.
package protocol Connection: AnyObject, Sendable {
    /// Serves the conversation until it ends, or the task is cancelled, and says why it ended.
    ///
    /// Everything that the server says on its own goes to `inbox`. When this returns, every
    /// pending call has been answered or has thrown, and nothing of the conversation is left.
    func run(_ inbox: any Inbox) async -> Failure

    /// Sends a request and waits for its answer; the id and the progress token are set here.
    ///
    /// Cancelling the task sends `notifications/cancelled` with this hop's own id and throws.
    func call(_ call: Call) async throws(Failure) -> Message

    /// Sends a notification; false if it was dropped because the server reads too slowly.
    @discardableResult
    func notify(_ draft: Draft) -> Bool

    /// Fails calls whose upstream has been silent for too long.
    func sweep(now: ContinuousClock.Instant)

    /// Learns what the server said about itself, which decides how it is spoken to from now on.
    func learned(_ profile: ServerProfile)

    /// Learns what the server lists, which some requests have to repeat.
    func learned(_ listing: Listing)

    /// Why the handshake under way had to be made again last; nil if it had not.
    var obstacle: String? { get }

    /// Whether the first request decides the era for all that follow, as it does on a pipe.
    var keepsEra: Bool { get }

    /// Whether a session is tried before the server is asked which era it is of: because every
    /// question without a session may start a machine, which takes long and costs something.
    var greetsFirst: Bool { get }

    /// Whether a modern server reads arguments of its tools in headers too (MCP 2026-07-28,
    /// "Custom headers"), so that tools which name them wrongly cannot be called.
    var repeatsArguments: Bool { get }

    /// The conversation in lines that `call` does nothing but pass calls to: whoever finds one may
    /// call it directly.
    ///
    /// Nil for every other connection.
    var shortcut: Peer? { get }
}

extension Connection {
    package func learned(_ profile: ServerProfile) {}
    package func learned(_ listing: Listing) {}
    package var obstacle: String? { nil }
    package var keepsEra: Bool { true }
    package var greetsFirst: Bool { false }
    package var repeatsArguments: Bool { false }
    package var shortcut: Peer? { nil }
}

/// What a connection hands over when its server speaks without having been asked.
package protocol Inbox: Sendable {
    /// A notification; `caller` is known when its progress token names a call.
    func aside(_ message: Message, caller: Caller?) async

    /// Whose call a log line is about that does not say so, among those whose calls are under way;
    /// nil if that cannot be told.
    func hearer(among callers: () -> [Caller]) -> Caller?

    /// A request of the server; the answer is sent back under the server's own id.
    ///
    /// `callers` are those whose calls are in flight; `addressee` learns who is asked before that
    /// happens. Cancelling the task withdraws it.
    func question(
        _ message: Message, callers: [Caller], reply: any Connection, asking addressee: Addressee
    ) async -> Answer

    /// The server will say nothing more; what is under way is about to fail or be answered.
    func ended()

    /// Bytes that are no message and could not be attributed; they are skipped.
    func noise(_ reason: String)
}

extension Inbox {
    package func hearer(among callers: () -> [Caller]) -> Caller? { nil }
}

/// Who a question of a server goes to, so that the server can be slowed down to their pace.
package final class Addressee: Sendable {
    private let known = Mutex<(any Outlet)?>(nil)

    /// Nobody yet.
    package init() {}

    /// The one client that is asked; nil while that is open, or if nobody is.
    package var outlet: (any Outlet)? {
        get { known.withLock { $0 } }
        set { known.withLock { $0 = newValue } }
    }
}
