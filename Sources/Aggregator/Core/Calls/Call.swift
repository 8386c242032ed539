import Synchronization
package import Wire

/// Who waits for an answer, and how to reach them while they wait.
package final class Caller: Sendable {
    package let outlet: any Outlet
    package let envelope: Envelope
    /// The progress token as the client wrote it, to be restored on every report.
    package let progressToken: [UInt8]?
    /// The links through which the client reaches its upstreams, as they are at the moment.
    package let links: LinkSet
    /// Whether whoever cancels the request's task calls `wake` afterwards, so that a wait on its
    /// behalf needs no cancellation handler, which costs as much as all else in it.
    let isWoken: Bool
    private let state = Mutex(State())

    /// What changes while the request runs.
    private struct State {
        var cancellation: Cancellation?
        /// Where the answer is waited for, and under which id.
        var peer: Peer?
        var id = 0
        /// How far the client has been told that its request is.
        var mark = ProgressMark()
    }

    /// A client's request that has just come.
    package init(
        outlet: any Outlet, envelope: Envelope, links: LinkSet, progressToken: [UInt8]?,
        isWoken: Bool = false
    ) {
        self.outlet = outlet
        self.envelope = envelope
        self.links = links
        self.progressToken = progressToken
        self.isWoken = isWoken
    }

    /// The client's own `notifications/cancelled`, kept so that its reason can travel on.
    package var cancelled: Draft? {
        get { state.withLock { $0.cancellation?.draft } }
        set { state.withLock { $0.cancellation = newValue.map(Cancellation.init) } }
    }

    /// Whether the client may be told that its request is this far; noted as told if so.
    func hears(of progress: Double) -> Bool {
        state.withLock { $0.mark.admits(progress) }
    }

    /// Notes that the request is sent again, so that its progress may seem to go back.
    func repeats() {
        state.withLock { $0.mark.isRepeated = true }
    }

    /// Notes where the answer will be waited for; said before that is the case.
    func waits(for id: Int, of peer: Peer) {
        state.withLock { state in (state.peer, state.id) = (peer, id) }
    }

    /// Ends the wait for the answer, once the request's task has been cancelled; not to be called
    /// under the lock of a table.
    package func wake() {
        guard isWoken else { return }
        let (peer, id) = state.withLock { ($0.peer, $0.id) }
        peer?.abandon(id)
    }
}

/// Kept apart because most callers never have one.
private final class Cancellation: Sendable {
    let draft: Draft

    init(_ draft: Draft) { self.draft = draft }
}

/// A request on its way to an upstream: the message, what has been changed in it, who asked.
package struct Call: Sendable {
    /// The bytes to send; every splice but the id and the progress token is in it already.
    package var draft: Draft
    package let method: Method
    /// The upstream and the original name or URI that the request resolved to.
    package let target: Target?
    /// Nil for what we ask on our own account, such as the lists.
    package let caller: Caller?
    /// How long the upstream may say nothing about the call, where that is not the default.
    package var patience: Duration?
    /// Whether the answer comes only when the upstream has nothing more to say, so that neither
    /// silence nor duration is a fault, as with `subscriptions/listen`.
    package var isOpenEnded = false
    /// Whether the caller's being woken ends the wait for the answer, which nothing else interrupts.
    ///
    /// A plugin that waits for the answer in a task of its own says no.
    package var isDirect = false
    /// Whether it goes on with a call that was counted when it began.
    package var isContinued = false
    /// The message as the client said it, where a plugin has put another one in its place.
    package var heard: Message?

    /// A call with the default patience.
    package init(draft: Draft, method: Method, target: Target?, caller: Caller?) {
        self.draft = draft
        self.method = method
        self.target = target
        self.caller = caller
    }

    /// The W3C `traceparent` that the client sent, if any; it travels on inside `_meta`.
    package var traceParent: String? {
        guard let meta = draft.message.meta else { return nil }
        return Value(draft.message.bytes, meta)["traceparent"]?.string
    }
}

/// What a published name or URI stands for.
package final class Target: Sendable, Hashable {
    /// The upstream, by its configured name.
    package let upstream: String
    /// Its hash, by which links are found without hashing it for each call.
    let upstreamHash: Int
    /// The name or URI that the upstream itself uses, decoded.
    package let original: [UInt8]
    /// The same as a JSON string, ready to be spliced in.
    package let token: [UInt8]
    /// What the upstream says of a tool; nil for everything else, and where it is not known.
    package let hints: ToolHints?

    /// The target with its token made.
    package init(upstream: String, original: [UInt8], hints: ToolHints? = nil) {
        self.upstream = upstream
        self.original = original
        self.hints = hints
        upstreamHash = upstream.hashValue
        token = JSONWriter.quoted(utf8: original)
    }

    package static func == (one: Target, other: Target) -> Bool {
        one.upstream == other.upstream && one.original == other.original
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(upstream)
        hasher.combine(original)
    }
}
