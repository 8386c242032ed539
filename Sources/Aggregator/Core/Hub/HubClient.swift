import Wire

/// Whoever has links of its own and hears of changes: a session, or what stands for one where a
/// revision has none.
protocol HubClient: LinkClient {
    /// The links through which it reaches its upstreams.
    var links: LinkSet { get }

    /// Takes other links, as a reload or an opening makes them.
    func hold(_ links: LinkSet)

    /// When it came; nil before.
    var openedAt: ContinuousClock.Instant? { get }

    /// Notes that it has been given this list.
    func saw(_ kind: Item.Kind, _ rendered: [UInt8])

    /// Tells it which lists are not what it saw last; once per change.
    func announce(_ catalog: Catalog)

    /// Tells it something through its log, if it wants to see that.
    func log(_ level: LogLevel, _ text: String)

    /// Everything that it watches, by the URIs that it knows.
    var watches: [[UInt8]: Target] { get }

    /// Notes that it watches a resource; false if it did already.
    func watch(_ uri: [UInt8], _ target: Target) -> Bool

    /// Notes that it watches a resource no more; false if it did not.
    func unwatch(_ uri: [UInt8]) -> Bool

    /// Writes who it is and what it does, for `status`.
    func write(into writer: inout JSONWriter)
}

/// A client of a revision without sessions: nobody can ask it anything, and it hears of no log but in
/// its requests.
protocol SessionlessClient: HubClient {
    /// What `status` calls it.
    var name: String { get }

    /// How many requests are under way on its behalf.
    var inFlight: Int { get }
}

extension SessionlessClient {
    // Whoever reads too slowly is let go, so nobody waits for them.
    package var isCongested: Bool { false }
    package func drained() async {}
    package func wants(_ level: LogLevel) -> Bool { false }
    package var logLevel: LogLevel? { nil }
    func saw(_ kind: Item.Kind, _ rendered: [UInt8]) {}
    func log(_ level: LogLevel, _ text: String) {}

    package func ask(_ question: Draft, origin: QuestionOrigin) async throws(Failure) -> Message {
        throw Failure(.methodNotFound, "The client's protocol revision has no such requests.")
    }

    func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", name)
        writer.member("protocolVersion", envelope.revision.rawValue)
        writer.key("inFlight")
        writer.integer(inFlight)
        writer.endObject()
    }
}
