import Wire

/// Sees every message that crosses the border to an upstream; recordings are made from it.
package protocol Tap: Sendable {
    /// `outgoing` is true for what is sent to the upstream.
    func saw(_ bytes: [UInt8], upstream: String, outgoing: Bool)
}
