import Aggregator
import Wire

/// What is posted to a bridge next, and whom what comes back belongs to: decides, and does nothing.
///
/// mcp-agentcore-server 0.1.5 answers whatever has an id with the next line of its child, whichever
/// that is, one post at a time. So after a line that is not the answer, the next
/// one has to be fetched with a post of our own. It goes out only while a line is certain to come, as
/// the bridge would wait for ever, and its child must not answer it, as each answer is one more line
/// that stands before the ones that are wanted. A bridge of ours answers by id, many posts at a time.
struct BridgePump: Sendable {
    /// What a post is for.
    enum Purpose: Sendable, Hashable {
        /// A request, under the id that it has on this hop.
        case request([UInt8])
        /// The reply to a question of the child, under its id.
        case reply([UInt8])
        case notification
        /// Fetches a line.
        case fetch
    }

    /// One thing to post.
    struct Post: Sendable, Hashable {
        let purpose: Purpose
        let bytes: [UInt8]
        /// Where in the outgoing stream it begins and ends; empty for what is not part of it.
        let place: Range<UInt64>
    }

    /// Whether the bridge answers by id and takes posts while others are under way.
    private(set) var isDuplex = false
    private var waiting: [Post] = []
    private var inFlight = 0
    /// The requests that were posted and are not answered.
    private(set) var outstanding: Set<[UInt8]> = []
    /// The child's questions that have no reply yet.
    private var questions: Set<[UInt8]> = []
    /// How many bytes have been taken for posting.
    private(set) var accepted: UInt64 = 0
    private var fetch = BridgeFetch()

    /// How many posts may be under way at a time with a bridge of ours.
    static let most = 1024

    /// How many bytes wait to be posted.
    var load: Int { waiting.reduce(0) { $0 + $1.bytes.count } }

    /// Everything before this place in the outgoing stream has been posted.
    var sent: UInt64 { waiting.map(\.place.lowerBound).min() ?? accepted }

    // MARK: Out

    /// Takes a line that is to be posted.
    mutating func take(_ line: [UInt8]) {
        let end = accepted + UInt64(line.count) + 1
        defer { accepted = end }
        guard let message = try? Message(scanning: line) else { return }
        let id = message.id.map { Array(message[$0]) } ?? []
        let purpose: Purpose
        switch message.kind {
        case .request: purpose = .request(id)
        case .notification: purpose = .notification
        case .result, .error: purpose = .reply(id)
        }
        // Who is cancelled may never be answered, so its answer is none to wait for.
        if message.method == .cancelled, let request = message.requestId {
            outstanding.remove(Array(message[request]))
        }
        let bytes = message.method == .initialize ? Self.offering(message) : line
        waiting.append(Post(purpose: purpose, bytes: bytes, place: accepted..<end))
    }

    /// What is to be posted now, if anything; nothing to fetch more with where there is no room for it.
    mutating func next(fetches: Bool = true) -> Post? {
        guard inFlight < (isDuplex ? Self.most : 1) else { return nil }
        if let post = nextWaiting() {
            inFlight += 1
            if case .request(let id) = post.purpose { outstanding.insert(id) }
            if case .reply(let id) = post.purpose { questions.remove(id) }
            return post
        }
        // A child that asks may wait for the reply before it says anything more.
        guard fetches, !isDuplex, !outstanding.isEmpty, questions.isEmpty else { return nil }
        inFlight += 1
        return Post(purpose: .fetch, bytes: fetch.next(), place: accepted..<accepted)
    }

    /// Replies go first: a child that asks may do nothing else until it has its reply.
    private mutating func nextWaiting() -> Post? {
        guard !waiting.isEmpty else { return nil }
        let index = waiting.firstIndex { if case .reply = $0.purpose { true } else { false } }
        return waiting.remove(at: index ?? 0)
    }

    // MARK: In

    /// A post has been answered to its end.
    mutating func finished() { inFlight -= 1 }

    /// A post was refused, and its request never came to the child.
    mutating func refused(_ post: Post) {
        inFlight -= 1
        if case .request(let id) = post.purpose { outstanding.remove(id) }
    }

    /// Judges what has come back for a post: whether it is for anybody beyond this hop.
    mutating func admits(_ message: Message) -> Bool {
        let id = message.id.map { Array(message[$0]) }
        switch message.kind {
        case .result:
            if let id { outstanding.remove(id) }
            note(agreement: message)
            return true
        case .error:
            if let id { outstanding.remove(id) }
            return fetch.admits(message)
        case .request:
            if let id { questions.insert(id) }
            return true
        case .notification:
            withdraw(message)
            return fetch.admits(message)
        }
    }

    /// A question that is withdrawn needs no reply.
    private mutating func withdraw(_ message: Message) {
        guard message.method == .cancelled, let request = message.requestId else { return }
        questions.remove(Array(message[request]))
    }

    // MARK: The other kind of bridge

    private static let capability = "manifold/bridge"

    /// The opening of a conversation with the offer to reply while streams are open.
    private static func offering(_ message: Message) -> [UInt8] {
        var draft = Draft(message)
        guard let params = message.params,
            let capabilities = message.value(params)["capabilities"], capabilities.kind == .object
        else { return message.bytes }
        if let experimental = capabilities["experimental"], experimental.kind == .object {
            draft.set(member: capability, of: experimental.extent, to: Array("{}".utf8))
        } else {
            draft.set(
                member: "experimental", of: capabilities.extent,
                to: Array(#"{"\#(capability)":{}}"#.utf8))
        }
        return draft.bytes
    }

    /// The answer to it, where it takes the offer.
    private mutating func note(agreement message: Message) {
        guard let result = message.result, message.value(result)["protocolVersion"] != nil,
            let capabilities = message.value(result)["capabilities"]
        else { return }
        isDuplex = capabilities["experimental"]?[Self.capability]?.kind == .object
    }
}
