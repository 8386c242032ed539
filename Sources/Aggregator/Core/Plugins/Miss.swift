/// A request whose name or URI leads to nothing that its client may use, so that no chain runs.
package struct Miss: Sendable {
    /// The request as the client said it; its target is what a plugin keeps from the client, and nil
    /// where nothing has that name.
    package let call: Call
    /// The name or URI in it, decoded.
    package let published: [UInt8]
    /// The upstream that alone gives out such names; nil where that cannot be told.
    package let upstream: String?
    /// The plugin that keeps the target from the client, where one says so.
    package let rule: String?
    /// What the client is told.
    package let failure: Failure
    /// When it came.
    package let since: ContinuousClock.Instant
}
