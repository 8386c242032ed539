/// The answer to one request: its head is there, its body is read piece by piece as it comes.
///
/// Whoever drops it ends it: the connection is closed, or the HTTP/2 stream reset.
package final class HTTPClientResponse: Sendable {
    /// The status.
    package let status: Int
    /// The fields.
    package let fields: HTTPFields
    private let transfer: Transfer

    init(_ transfer: Transfer) {
        status = transfer.head.status
        fields = transfer.head.fields
        self.transfer = transfer
    }

    deinit { cancel() }

    /// The next bytes of the body, as soon as there are any; nil at its end.
    ///
    /// For one task at a time, on the loop. While nobody reads, the server is made to wait.
    package func next() async throws(MachineFailure) -> [UInt8]? { try await transfer.next() }

    /// The whole body; throws `.tooLarge` above `limit` bytes, and ends the transfer then.
    package func whole(limit: Int) async throws(MachineFailure) -> [UInt8] {
        var body: [UInt8] = []
        while let piece = try await next() {
            guard body.count + piece.count <= limit else {
                let failure = transfer.broken(
                    .tooLarge, "the answer is larger than \(limit) bytes")
                transfer.abandon(failure)
                throw failure
            }
            if body.isEmpty { body = piece } else { body += piece }
        }
        return body
    }

    /// Ends the transfer, if it is not over.
    ///
    /// Callable on any thread, and more than once.
    package func cancel() { transfer.cancel() }
}
