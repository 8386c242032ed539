/// Sees every message that crosses the border to an upstream; recordings are made from it.
package protocol Tap: Sendable {
    /// The border of a conversation with an upstream that begins now; nil if nobody looks at it.
    func border(to upstream: String) -> (any Border)?
}

/// The border to one upstream while one conversation with it lasts.
package protocol Border: Sendable {
    /// Takes a message as it is sent or has come; called from any thread, it must not block.
    ///
    /// `isOutgoing` says that it is sent to the upstream.
    func saw(_ bytes: [UInt8], isOutgoing: Bool)
}
