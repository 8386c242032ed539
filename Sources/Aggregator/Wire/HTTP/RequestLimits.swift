/// How large a request may be, part by part, before it is refused.
package struct RequestLimits: Sendable, Hashable {
    /// The longest method; the longest that is registered has 17 letters.
    static let method = 32

    /// The request line and all header fields, in bytes.
    package var head: Int
    /// The target, in bytes.
    package var target: Int
    /// How many header fields there may be.
    package var fields: Int
    /// The name of one field, in bytes; never more than 256.
    package var name: Int
    /// The value of one field, in bytes.
    package var value: Int
    /// The body without its chunks' framing, in bytes.
    package var body: Int
    /// Everything behind the last chunk, in bytes.
    package var trailers: Int
    /// The extensions of all chunks of one body together, in bytes.
    package var chunkExtensions: Int

    /// Limits that differ from the standard ones only where an argument says so.
    package init(
        head: Int = 32 << 10, target: Int = 8 << 10, fields: Int = 100, name: Int = 256,
        value: Int = 16 << 10, body: Int = 128 << 20, trailers: Int = 8 << 10,
        chunkExtensions: Int = 4 << 10
    ) {
        self.head = min(head, Int(UInt32.max))
        self.target = target
        self.fields = fields
        self.name = min(name, FieldName.longest)
        self.value = value
        self.body = body
        self.trailers = trailers
        self.chunkExtensions = chunkExtensions
    }

    /// 32 KiB of head, 8 KiB of target, 100 fields, 128 MiB of body.
    package static let standard = RequestLimits()

    /// The longest request line, without its line end.
    var requestLine: Int { Self.method + 1 + target + 1 + 8 }
}
