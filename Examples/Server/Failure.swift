/// How a request can fail.
enum Failure: Error {
    /// The tool ran and did not succeed: a result that the model reads.
    case tool(String)
    /// The request is wrong: a JSON-RPC error that the client reads.
    case refused(code: Int, String, data: JSON? = nil)
    /// The client took the request back: it gets no answer.
    case cancelled

    /// The arguments make no sense.
    static func invalid(_ reason: String) -> Failure { .refused(code: -32602, reason) }
}
