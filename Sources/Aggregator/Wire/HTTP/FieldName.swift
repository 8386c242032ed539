/// The name of a header field: a token, compared without regard to case (RFC 9110 §5.1).
package struct FieldName: Sendable, Hashable {
    /// The longest name that can be made, in bytes.
    static let longest = 256

    let known: KnownField
    /// How it is spelled; empty for the usual spelling of a known one.
    private let spelling: ArraySlice<UInt8>

    init(_ known: KnownField, spelled spelling: ArraySlice<UInt8> = []) {
        self.known = known
        self.spelling = spelling
    }

    /// The name that a text spells; nil when it is no token, or longer than 256 bytes.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= Self.longest, bytes.allSatisfy(isToken) else {
            return nil
        }
        self.init(KnownField(bytes.span, 0..<bytes.count), spelled: bytes[...])
    }

    /// Whether a text is a token, as a method and the name of a field have to be.
    package static func isWellFormed(_ text: String) -> Bool {
        let bytes = text.utf8.span
        for index in bytes.indices where !isToken(bytes[index]) { return false }
        return !bytes.isEmpty
    }

    /// Its spelling.
    package var text: String {
        spelling.isEmpty ? known.name : String(decoding: spelling, as: UTF8.self)
    }

    /// Its spelling in bytes.
    func append(to bytes: inout [UInt8]) {
        if spelling.isEmpty {
            bytes.append(contentsOf: known.name.utf8)
        } else {
            bytes.append(contentsOf: spelling)
        }
    }

    package static func == (one: FieldName, other: FieldName) -> Bool {
        one.known == other.known
            && (one.known != .other || one.spells(other.spelling.span))
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(known)
        if known == .other { for byte in spelling { hasher.combine(lowered(byte)) } }
    }

    /// Whether bytes are this name, which is none of the known ones.
    func spells(_ bytes: Span<UInt8>) -> Bool {
        let own = spelling.span
        guard own.count == bytes.count else { return false }
        for offset in 0..<own.count where lowered(own[offset]) != lowered(bytes[offset]) {
            return false
        }
        return true
    }
}

extension FieldName: ExpressibleByStringLiteral {
    /// A name known when the program is written.
    package init(stringLiteral text: String) {
        guard let name = FieldName(text) else {
            preconditionFailure("A field's name must be a token.")
        }
        self = name
    }
}

extension FieldName {
    package static var accept: FieldName { FieldName(.accept) }
    package static var acceptEncoding: FieldName { FieldName(.acceptEncoding) }
    package static var allow: FieldName { FieldName(.allow) }
    package static var authorization: FieldName { FieldName(.authorization) }
    package static var cacheControl: FieldName { FieldName(.cacheControl) }
    package static var connection: FieldName { FieldName(.connection) }
    package static var contentEncoding: FieldName { FieldName(.contentEncoding) }
    package static var contentLength: FieldName { FieldName(.contentLength) }
    package static var contentType: FieldName { FieldName(.contentType) }
    package static var expect: FieldName { FieldName(.expect) }
    package static var host: FieldName { FieldName(.host) }
    package static var lastEventId: FieldName { FieldName(.lastEventId) }
    package static var location: FieldName { FieldName(.location) }
    package static var mcpMethod: FieldName { FieldName(.mcpMethod) }
    package static var mcpName: FieldName { FieldName(.mcpName) }
    package static var mcpProtocolVersion: FieldName { FieldName(.mcpProtocolVersion) }
    package static var mcpSessionId: FieldName { FieldName(.mcpSessionId) }
    package static var origin: FieldName { FieldName(.origin) }
    package static var retryAfter: FieldName { FieldName(.retryAfter) }
    package static var traceparent: FieldName { FieldName(.traceparent) }
    package static var tracestate: FieldName { FieldName(.tracestate) }
    package static var transferEncoding: FieldName { FieldName(.transferEncoding) }
    package static var userAgent: FieldName { FieldName(.userAgent) }
    package static var wwwAuthenticate: FieldName { FieldName(.wwwAuthenticate) }
    package static var xAccelBuffering: FieldName { FieldName(.xAccelBuffering) }
}
