import Wire

/// What a child was told that a new one has to be told again (promise 4): how its client opened the
/// conversation, the log level, what is watched.
struct Handshake: Sendable {
    /// The client's own `initialize`, once it was answered.
    private(set) var opening: Message?
    private var level: Message?
    private var watched: [[UInt8]: Message] = [:]

    /// How many resources are watched again at most.
    private static let most = 1000

    /// What follows the opening, in order.
    var rest: [Message] { (level.map { [$0] } ?? []) + watched.values }

    /// Remembers a request that was answered with a result.
    mutating func note(_ request: Message) {
        switch request.method {
        case .initialize:
            self = Handshake()
            opening = request
        case .setLevel: level = request
        case .resourcesSubscribe:
            guard let uri = request.uri, watched.count < Self.most else { return }
            watched[Array(request[uri])] = request
        case .resourcesUnsubscribe:
            if let uri = request.uri { watched[Array(request[uri])] = nil }
        default: break
        }
    }
}

/// The capability with which both sides say that they reply while streams are open.
///
/// It is `experimental` in the capabilities of `initialize`: the bridge announces it in the child's
/// result only to a client that has said it, so that all others see the child's own bytes.
enum Duplex {
    private static let name = "manifold/bridge"

    /// Whether the client that sent this `initialize` has said it.
    static func isOffered(by request: Message) -> Bool {
        guard let params = request.params else { return false }
        return request.value(params)["capabilities"]?["experimental"]?[name]?.kind == .object
    }

    /// Announces it in the answer to `initialize`.
    static func announce(in answer: inout Draft) {
        guard let result = answer.message.result,
            let capabilities = answer.message.value(result)["capabilities"],
            capabilities.kind == .object
        else { return }
        if let experimental = capabilities["experimental"], experimental.kind == .object {
            return answer.set(member: name, of: experimental.extent, to: Array("{}".utf8))
        }
        answer.set(
            member: "experimental", of: capabilities.extent, to: Array(#"{"\#(name)":{}}"#.utf8))
    }
}
