/// The methods of requests that a server may tell apart (RFC 9110 §9).
package enum RequestMethod: Sendable, Hashable {
    case get, head, post, put, delete, options, patch, trace, connect
    /// Any other token.
    case other

    /// The method that a range spells; case matters.
    init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        let first = bytes.byte(range.lowerBound)
        let candidate: (RequestMethod, String) =
            switch (first, range.count) {
            case (0x47, 3): (.get, "GET")
            case (0x50, 4): (.post, "POST")
            case (0x48, 4): (.head, "HEAD")
            case (0x50, 3): (.put, "PUT")
            case (0x44, 6): (.delete, "DELETE")
            case (0x4F, 7): (.options, "OPTIONS")
            case (0x50, 5): (.patch, "PATCH")
            case (0x54, 5): (.trace, "TRACE")
            case (0x43, 7): (.connect, "CONNECT")
            default: (.other, "")
            }
        let name = candidate.1.utf8.span
        for offset in 0..<name.count where name[offset] != bytes.byte(range.lowerBound + offset) {
            self = .other
            return
        }
        self = candidate.0
    }
}
