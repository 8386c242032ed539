package import Wire

/// A plugin by its verdicts: it is shown a part of a message, and says what is to become of it.
///
/// It cannot touch anything else: ids, names and framing stay what they were, and what it makes of its
/// part is read again before it goes on. `RuleHost` puts it into a chain.
package protocol Rule: Sendable {
    /// The word by which a configuration asks for it, such as `redact`.
    var kind: String { get }

    /// What is to become of a document, by `context.deadline`, which it keeps itself.
    func judge(_ document: Document, _ context: RuleContext) async throws(RuleFault) -> Verdict

    /// What is published of an item; nil to keep it from everybody.
    func review(_ item: Item) throws(RuleFault) -> Item?

    /// Whether it takes its time over what it reviews, and so wants to see it before.
    var prepares: Bool { get }

    /// Looks at what it will be asked to review.
    func prepare(_ items: [Item]) async

    /// Raised when it is worth preparing again what could not be reviewed; nil where it never is.
    var again: Signal? { get }

    /// What it does besides, such as running a program; cancelled when it is out of force and nobody asks
    /// it anything any more.
    func run() async

    /// Tells what runs from what others run; nil where the counters of its place do.
    var life: ObjectIdentifier? { get }

    /// What the owner should know of it, for `status`; one sentence each.
    var remarks: [String] { get }

    /// Finds out whether it can do its work, as `Plugin.trial` does.
    func trial() async -> PluginTrouble?
}

extension Rule {
    package func review(_ item: Item) throws(RuleFault) -> Item? { item }
    package var prepares: Bool { false }
    package func prepare(_ items: [Item]) async {}
    package var again: Signal? { nil }
    package func run() async {}
    package var life: ObjectIdentifier? { nil }
    package var remarks: [String] { [] }
    package func trial() async -> PluginTrouble? { nil }
}

/// What a rule is shown: the part of a message that matters.
package struct Document: Sendable {
    /// What of a message it is.
    package enum Part: String, Sendable, Hashable {
        /// `params.arguments` of a call; an empty object where there is none.
        case arguments
        /// The whole `params`, of requests without arguments and of notifications.
        case parameters
        case result, error
    }

    package let part: Part
    /// The JSON, inside of the message that it came in.
    package let value: Value

    package init(_ part: Part, _ value: Value) {
        self.part = part
        self.value = value
    }
}

/// What a rule wants done.
package enum Verdict: Sendable {
    /// It goes on as it came, byte for byte.
    case pass
    /// This JSON goes on in its place.
    case replace([UInt8])
    /// This JSON is the result, whoever else might have answered.
    case answer([UInt8])
    /// It does not go on, for a reason that the caller may read: a sentence.
    case refuse(String)
}

/// Why a rule could not judge: a sentence that shows no content.
package struct RuleFault: Error, Sendable, Hashable {
    /// Whose fault it is.
    package enum Kind: Sendable {
        /// It tried, and failed.
        case failed
        /// It could not try: nobody was there to be asked.
        case absent
        /// Nobody waits for it any more, which is no failure of the rule.
        case cancelled
    }

    package let reason: String
    package let kind: Kind

    package init(_ reason: String, _ kind: Kind = .failed) {
        self.reason = reason
        self.kind = kind
    }

    /// The call was cancelled while it was judged.
    package static let cancelled = RuleFault("the call was cancelled.", .cancelled)
}

/// What a rule knows of what it judges.
package struct RuleContext: Sendable {
    package let hook: Scope.Hook
    package let method: Method
    /// The upstream, by its configured name.
    package let upstream: String
    /// On whose behalf; nil for what an upstream tells everybody.
    package let principal: Principal?
    /// What the client calls itself, if there is one.
    package let clientName: String?
    /// What the message is about, by its original name; nil where that is not one item.
    package var target: Target?
    /// Whose message it is, where it is somebody's.
    package var caller: Caller?
    /// The id that the client gave its request, as JSON.
    package var call: [UInt8]?
    /// By when it has to be done.
    package let deadline: ContinuousClock.Instant

    package init(
        hook: Scope.Hook, method: Method, upstream: String, principal: Principal?,
        clientName: String?, deadline: ContinuousClock.Instant
    ) {
        self.hook = hook
        self.method = method
        self.upstream = upstream
        self.principal = principal
        self.clientName = clientName
        self.deadline = deadline
    }
}

/// What happens when a rule fails.
package struct Safety: Sendable, Equatable {
    /// Whether what cannot be judged goes on.
    package enum Mode: String, Sendable, CaseIterable { case open, closed }

    /// What was said about it; nil for what is usual at each hook.
    package var onFailure: Mode?
    /// Whether nothing at all may pass unjudged.
    package var isSecurity = false
    /// How long one judgement may take.
    package var deadline = Duration.seconds(1)

    package init() {}

    /// Requests are stopped, what comes back goes on with a mark.
    func mode(_ hook: Scope.Hook) -> Mode {
        if isSecurity { return .closed }
        return onFailure ?? (hook == .request ? .closed : .open)
    }
}
