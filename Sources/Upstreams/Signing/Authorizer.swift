package import Aggregator
package import Machine

/// Makes a request acceptable to a server that asks who sends it.
///
/// It is called last, with exactly what will be sent: a signature covers the method, the URL, the
/// fields and the body. It may add and replace fields, and nothing else.
package protocol Authorizer: Sendable {
    /// Puts what proves the right to make this request into its fields.
    ///
    /// A failure means that nothing was sent; it names the upstream, never a secret.
    func authorize(_ request: inout HTTPClientRequest) async throws(Failure)

    /// Hears that the server refused a request, as it was sent; true when the credentials are others
    /// now, so that the request, which was refused before it ran, may be made once more.
    func refused(_ request: HTTPClientRequest, status: Int, fields: HTTPFields) async -> Bool
}
