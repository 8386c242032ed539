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
    ///
    /// `body` is the answer's, as far as it was read: some services say only there what they refuse.
    func refused(
        _ request: HTTPClientRequest, status: Int, fields: HTTPFields, body: [UInt8]
    ) async -> Bool
}

extension Authorizer {
    /// The same for an answer whose body was not read.
    package func refused(_ request: HTTPClientRequest, status: Int, fields: HTTPFields) async
        -> Bool
    {
        await refused(request, status: status, fields: fields, body: [])
    }
}
