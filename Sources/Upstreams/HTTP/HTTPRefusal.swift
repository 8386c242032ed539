import Machine
import Wire

/// An answer that is not the one asked for: a status, an error of JSON-RPC, or both.
struct HTTPRefusal: Sendable {
    let status: Int
    let fields: HTTPFields
    /// What came, where it is no error of JSON-RPC.
    let body: [UInt8]
    /// The code of the JSON-RPC error that it is; nil if it is none.
    let code: Int?
    /// What it says for people, as an error of JSON-RPC or in a body of its own.
    let words: String?
    /// How long to wait, if an error of JSON-RPC says so in its `data`, in seconds.
    let retryAfter: Double?
    /// The type that the body gives itself, where the service writes one.
    let bodyType: String?

    /// Reads the error of JSON-RPC that was found in a body, or else the body.
    init(_ status: Int, _ fields: HTTPFields, _ error: Message?, body: [UInt8]? = nil) {
        self.status = status
        self.fields = fields
        self.body = body ?? []
        let value = error.flatMap { error in error.error.map { error.value($0) } }
        let page = value == nil ? body.flatMap { try? Value(validating: $0) } : nil
        code = value?["code"]?.integer
        words = (value ?? page)?["message"]?.string ?? page?["Message"]?.string
        retryAfter = value?["data"]?["retryAfter"]?.number
        bodyType = page?["__type"]?.string ?? page?["code"]?.string
    }
}
