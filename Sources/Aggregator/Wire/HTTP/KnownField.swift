/// The names of fields that we read or write ourselves: one byte instead of a comparison.
enum KnownField: UInt8, Sendable, CaseIterable {
    case other
    case accept, acceptEncoding, allow, authorization, cacheControl, connection, contentEncoding
    case contentLength, contentType, date, expect, host, keepAlive, lastEventId, location
    case mcpMethod, mcpName, mcpProtocolVersion, mcpSessionId, origin, retryAfter, server
    case traceparent, tracestate, transferEncoding, upgrade, userAgent, wwwAuthenticate
    case xAccelBuffering

    /// Its usual spelling; empty for `other`.
    var name: String {
        switch self {
        case .other: ""
        case .accept: "Accept"
        case .acceptEncoding: "Accept-Encoding"
        case .allow: "Allow"
        case .authorization: "Authorization"
        case .cacheControl: "Cache-Control"
        case .connection: "Connection"
        case .contentEncoding: "Content-Encoding"
        case .contentLength: "Content-Length"
        case .contentType: "Content-Type"
        case .date: "Date"
        case .expect: "Expect"
        case .host: "Host"
        case .keepAlive: "Keep-Alive"
        case .lastEventId: "Last-Event-ID"
        case .location: "Location"
        case .mcpMethod: "Mcp-Method"
        case .mcpName: "Mcp-Name"
        case .mcpProtocolVersion: "MCP-Protocol-Version"
        case .mcpSessionId: "Mcp-Session-Id"
        case .origin: "Origin"
        case .retryAfter: "Retry-After"
        case .server: "Server"
        case .traceparent: "traceparent"
        case .tracestate: "tracestate"
        case .transferEncoding: "Transfer-Encoding"
        case .upgrade: "Upgrade"
        case .userAgent: "User-Agent"
        case .wwwAuthenticate: "WWW-Authenticate"
        case .xAccelBuffering: "X-Accel-Buffering"
        }
    }

    /// The field that a token spells, however its letters are cased.
    ///
    /// The length leaves few candidates, so that a look-up compares a few words and hashes nothing.
    init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        let spelling = Spelling(bytes, range)
        func first(_ one: KnownField, _ two: KnownField = .other, _ three: KnownField = .other)
            -> KnownField
        {
            if one.spelling == spelling { return one }
            if two != .other, two.spelling == spelling { return two }
            if three != .other, three.spelling == spelling { return three }
            return .other
        }
        func either(_ one: KnownField, _ two: @autoclosure () -> KnownField) -> KnownField {
            one == .other ? two() : one
        }
        switch range.count {
        case 4: self = first(.host, .date)
        case 5: self = first(.allow)
        case 6: self = either(first(.accept, .origin, .expect), first(.server))
        case 7: self = first(.upgrade)
        case 8: self = first(.mcpName, .location)
        case 10:
            self = either(
                first(.connection, .userAgent, .mcpMethod), first(.keepAlive, .tracestate))
        case 11: self = first(.traceparent, .retryAfter)
        case 12: self = first(.contentType)
        case 13: self = first(.authorization, .cacheControl, .lastEventId)
        case 14: self = first(.contentLength, .mcpSessionId)
        case 15: self = first(.acceptEncoding)
        case 16: self = first(.contentEncoding, .wwwAuthenticate)
        case 17: self = first(.transferEncoding, .xAccelBuffering)
        case 20: self = first(.mcpProtocolVersion)
        default: self = .other
        }
    }

    private var spelling: Spelling { Self.spellings[Int(rawValue)] }

    private static let spellings = allCases.map { field in
        let name = Array(field.name.utf8)
        return Spelling(name.span, name.indices)
    }
}

/// A token of up to 24 bytes in three words, without regard to case.
///
/// A letter and its capital differ in one bit, which '-' and digits have set; no other byte of a token
/// becomes one of these by setting it.
private struct Spelling: Sendable, Equatable {
    private let first: UInt64
    /// The next eight bytes, where the other words leave some out.
    private let middle: UInt64
    private let last: UInt64

    init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        let (start, end) = (range.lowerBound, range.upperBound)
        let small: UInt64 = 0x2020_2020_2020_2020
        if range.count >= 8 {
            first = bytes.word(start) | small
            middle = range.count > 16 ? bytes.word(start &+ 8) | small : 0
            last = bytes.word(end &- 8) | small
        } else {
            first = (bytes.word(start) | small) & (1 &<< UInt64(range.count &* 8) &- 1)
            (middle, last) = (0, 0)
        }
    }
}
