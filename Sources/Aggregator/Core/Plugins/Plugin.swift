package import Wire

/// Something its owner puts between clients and upstreams.
///
/// A plugin sees only what its `scope` covers; everything else runs through a chain that does not
/// contain it. What it throws becomes an answer in the usual place.
package protocol Plugin: Sendable {
    /// The name by which configuration, errors and counters speak of it.
    var name: String { get }

    /// The word by which a configuration asks for it, such as `access`.
    var kind: String { get }

    /// What it wants to see.
    var scope: Scope { get }

    /// What it has done so far; counted partly by the chain, partly by itself.
    var counters: PluginCounters { get }

    /// Answers a call, itself or by calling `next`; the target is the original upstream and name.
    func handle(_ call: Call, next: Next) async throws(Failure) -> Answer

    /// Hears of a request that leads nowhere, so that `handle` is not asked; it changes nothing.
    func missed(_ miss: Miss) async

    /// Whether it wants to.
    var hearsMisses: Bool { get }

    /// What is to become of something that an upstream tells; nil to drop it.
    func hear(_ notice: Notice) async -> Message?

    /// What is to become of something that an upstream wants of its client in the middle of a call; asked
    /// where answers are judged.
    func relay(_ request: ServerRequest) async throws(Failure) -> ServerRequest

    /// What is published of an item; nil to keep it from everybody. Its names are given out later.
    func review(_ item: Item) throws(RuleFault) -> Item?

    /// Whether an item must not be reached although a list may show it: resources have more ways to
    /// them than their entry. Without a client, whether it is hidden from all of them.
    func hides(_ kind: Item.Kind, _ target: Target, from client: Envelope?) -> Bool

    /// Whether clients may see different lists because of it.
    var tellsClientsApart: Bool { get }

    /// What the owner should know of it, for `status`; one sentence each.
    var remarks: [String] { get }

    /// Finds out whether it can do its work, and changes nothing; nil if it can. It may take some
    /// seconds, and wants `run` to be under way.
    func trial() async -> PluginTrouble?

    /// Keeps what has to outlive the process; called some time after lists have changed.
    func save() async

    /// What it does besides, such as running a program; cancelled when it is out of force and nobody asks
    /// it anything any more.
    func run() async

    /// Tells what runs from what others run, also from what ran before it and has the same counters.
    var life: ObjectIdentifier { get }

    /// Whether it takes its time over what it reviews, and so wants to see it before.
    var prepares: Bool { get }

    /// Looks at what it will be asked to review.
    func prepare(_ items: [Item]) async

    /// Raised when what is listed has to be reviewed again; nil where it never has.
    var again: Signal? { get }

    /// Whether an item that it could not review is kept from everybody.
    var hidesUnreviewed: Bool { get }
}

extension Plugin {
    package func handle(_ call: Call, next: Next) async throws(Failure) -> Answer {
        try await next(call)
    }

    package func missed(_ miss: Miss) async {}

    package var hearsMisses: Bool { false }

    package func hear(_ notice: Notice) async -> Message? { notice.message }

    package func relay(_ request: ServerRequest) async throws(Failure) -> ServerRequest { request }

    package func review(_ item: Item) throws(RuleFault) -> Item? { item }

    package func hides(_ kind: Item.Kind, _ target: Target, from client: Envelope?) -> Bool {
        false
    }

    package var tellsClientsApart: Bool { false }
    package var remarks: [String] { [] }
    package func trial() async -> PluginTrouble? { nil }
    package func save() async {}
    package func run() async {}
    package var life: ObjectIdentifier { ObjectIdentifier(counters) }
    package var prepares: Bool { false }
    package func prepare(_ items: [Item]) async {}
    package var again: Signal? { nil }
    package var hidesUnreviewed: Bool { false }

    /// What a message calls it: its kind, and its name where that says more.
    package var title: String { name == kind ? "'\(kind)'" : "'\(name)' (\(kind))" }
}

/// The rest of a chain, as a plugin calls it.
package struct Next: Sendable {
    /// Passes a call on and returns what came of it.
    package typealias Step = @Sendable (Call) async throws(Failure) -> Answer

    private let step: Step

    /// The rest of a chain as a closure.
    package init(_ step: @escaping Step) { self.step = step }

    /// Passes the call on, as it is or changed.
    package func callAsFunction(_ call: Call) async throws(Failure) -> Answer {
        try await step(call)
    }
}

/// Something that an upstream tells: progress, a log line, a change.
package struct Notice: Sendable {
    package let message: Message
    /// The upstream, by its configured name.
    package let upstream: String
    /// Whose call it is about, where that is known.
    package let caller: Caller?

    package init(message: Message, upstream: String, caller: Caller?) {
        self.message = message
        self.upstream = upstream
        self.caller = caller
    }
}
