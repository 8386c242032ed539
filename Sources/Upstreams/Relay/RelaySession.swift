import Aggregator
import Machine
import Wire

/// The session of a relay: which ids are sent, what was negotiated, and how it is opened again.
package struct RelaySession: Sendable {
    /// Who names the session.
    package enum Policy: Sendable, Hashable {
        /// The server does, when it is greeted.
        case server
        /// We do, once; a server that names it otherwise is followed.
        case fixed(String)
        /// We do, anew for each request.
        case perRequest
    }

    /// The ids of one request.
    struct Ids: Sendable, Hashable {
        /// Of the machine that the runtime keeps for us.
        var runtime: String?
        /// Of the conversation.
        var mcp: String?
    }

    let policy: Policy
    /// What the server calls the session.
    private(set) var assigned: String?
    /// Whether the server wants no id that it has not given.
    private(set) var namesNone = false
    /// The revision that was negotiated.
    private(set) var revision: String?
    /// The latest `initialize`, to be said again.
    private(set) var greeting: Parcel?
    /// The latest log level that the client wished for, to be said again, too.
    private(set) var level: Parcel?
    /// What it listens to, by URI.
    private var subscriptions: [String: Parcel] = [:]
    /// Whether anything was sent.
    private(set) var isUsed = false
    /// How often it was opened again.
    private(set) var generation = 0
    /// Whether the server carries many requests at once though it says that there is nothing to come.
    private(set) var isDuplex = false
    /// Until when it is not opened again, because that did not help.
    private var blocked: ContinuousClock.Instant?

    /// How long a repair that did not help is not tried again.
    private static let pause = Duration.seconds(60)
    /// More subscriptions than this are not said again.
    private static let mostSubscriptions = 1000

    /// A session that is not open yet.
    init(_ policy: Policy) { self.policy = policy }

    /// What to send with a message.
    func ids(for parcel: Parcel) -> Ids {
        let own: String? =
            switch policy {
            case .server: nil
            case .fixed(let id): id
            case .perRequest: "request-\(UUIDText.random())"
            }
        let invented = namesNone ? nil : own.map { "mcp-\($0)" }
        let isGreeting = parcel.method == .initialize
        return Ids(runtime: own, mcp: isGreeting ? invented : assigned ?? invented)
    }

    /// Whether the ids of a greeting may be left out, since they were ours and are not wanted.
    mutating func refused(_ ids: Ids) -> Bool {
        guard policy != .server, ids.mcp != nil, !namesNone else { return false }
        (namesNone, assigned) = (true, nil)
        return true
    }

    /// Notes that something is about to be sent.
    mutating func leaves() { isUsed = true }

    /// Takes over what the server calls the session, if that is not what it was told.
    mutating func adopt(_ fields: HTTPFields, _ ids: Ids, _ parcel: Parcel) {
        if parcel.method == .initialize { assigned = nil }
        // Servers that keep no session may name one with any answer, and keep to it then.
        guard policy != .server || parcel.method == .initialize,
            let id = fields["mcp-session-id"], id != ids.mcp, !id.isEmpty,
            id.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return }
        assigned = id
    }

    /// Notes what the client says about the session, which has to be said again to a server that has
    /// lost it.
    mutating func note(_ parcel: Parcel) {
        switch parcel.method {
        case .initialize: (greeting, level, subscriptions) = (parcel, nil, [:])
        case .setLevel: level = parcel
        case .resourcesSubscribe:
            guard let uri = Self.uri(parcel), subscriptions.count < Self.mostSubscriptions else {
                return
            }
            subscriptions[uri] = parcel
        case .resourcesUnsubscribe: if let uri = Self.uri(parcel) { subscriptions[uri] = nil }
        default: break
        }
    }

    private static func uri(_ parcel: Parcel) -> String? {
        guard let message = parcel.message, let uri = message.uri else { return nil }
        return message.value(uri).string
    }

    /// What the client has wished for since it greeted the server.
    var wishes: [Parcel] { (level.map { [$0] } ?? []) + subscriptions.values }

    /// Notes what the answer to a greeting says.
    mutating func greeted(_ answer: Parcel) {
        guard let message = answer.message, let extent = message.result else { return }
        let result = message.value(extent)
        revision = result["protocolVersion"]?.string
        isDuplex = result["capabilities"]?["experimental"]?["manifold/bridge"] != nil
    }

    /// Forgets a session that the server does not know; nothing of it is sent again.
    mutating func forget() { (assigned, namesNone) = (nil, policy != .server) }

    /// Notes that it was opened again.
    mutating func reopened() { generation += 1 }

    /// Whether it can be opened again, and that may help.
    func mayReopen(at now: ContinuousClock.Instant) -> Bool {
        greeting != nil && blocked.map { $0 <= now } ?? true
    }

    /// Notes that the server refused the same request again after it was greeted.
    mutating func reopenedInVain(at now: ContinuousClock.Instant) { blocked = now + Self.pause }

    /// Whether the revision wants to be named in each request.
    var namesRevision: Bool {
        revision.map { Revision(rawValue: $0)?.hasVersionHeader ?? true } ?? false
    }
}
