/// Makes tokens that others keep for us, and opens them again.
///
/// A token is visible ASCII, fit for `Mcp-Session-Id` and `requestState`. Nobody else can read it, make
/// it or change it, and it is good for one purpose, one principal and a while.
package protocol Sealer: Sendable {
    /// A token that holds a record until a moment, given as the time since 1970 (UTC).
    func seal(_ record: [UInt8], purpose: String, principal: String, expires: Duration) -> String

    /// The record of a token; nil when it was not sealed here, for this purpose and this principal,
    /// or has expired.
    ///
    /// Which of these it was is not told, and not worth telling anybody.
    func open(_ token: String, purpose: String, principal: String) -> [UInt8]?
}
