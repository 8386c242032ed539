package import Wire

/// What a link tells whoever owns it.
package protocol LinkOwner: AnyObject, Sendable {
    /// Its phase, or what is known of it, has changed.
    func linkChanged(_ link: Link)

    /// Its lists have been fetched, for the first time or again.
    func link(_ link: Link, listed listing: Listing)

    /// Whether the server with this fingerprint was found lately to be of the era of `initialize`.
    func isKnownLegacy(_ fingerprint: String) -> Bool

    /// Notes what was found out about the era of the server with this fingerprint.
    func found(_ fingerprint: String, isLegacy: Bool)

    /// What is left, once the plugins have heard it, of something that a link's upstream tells; nil
    /// for nothing.
    func heard(_ message: Message, by link: Link, for caller: Caller?) async -> Message?

    /// What is left, once the plugins have judged it, of something that a link's upstream wants of its
    /// client.
    func relayed(
        _ request: Message, by link: Link, for caller: Caller?
    ) async throws(Failure) -> Message

    /// Starts work that the link itself does not wait for.
    func start(_ work: @escaping @Sendable () async -> Void)
}

/// A client session as its links see it.
package protocol LinkClient: Outlet {
    var envelope: Envelope { get }

    /// The URI under which the client watches an upstream's resource, or one above it; nil if it
    /// does not.
    func watched(_ uri: [UInt8], of upstream: String) -> [UInt8]?

    /// The least severe level that the client wants to see, if it said so for all that it is told.
    var logLevel: LogLevel? { get }

    /// The JSON of the id under which it asked to be told, with which it wants to be told; nil of a
    /// client with a session.
    var subscription: [UInt8]? { get }
}

extension LinkClient {
    package var subscription: [UInt8]? { nil }
}
