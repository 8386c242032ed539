import Machine
import Wire

/// What a signature covers of a request, in the one form that signer and service agree on
/// (AWS Signature Version 4, "Create a canonical request").
package struct CanonicalRequest: Sendable {
    /// The method, in capitals.
    package let method: String
    /// The path as it is sent, without dots and doubled slashes, percent-encoded once more.
    package let path: String
    /// The parameters as they are sent, sorted.
    package let query: String
    /// The signed headers in order: names in small letters, and values without needless blanks.
    package let headers: [(name: String, value: String)]
    /// The digest of the body, or what `X-Amz-Content-SHA256` says in its place.
    package let payloadHash: String

    /// The form of a request; `target` is its path and query exactly as they are sent, `fields` have
    /// its `Host`, and `isSigned` is asked with names in small letters.
    package init(
        method: String, target: String, fields: [(name: String, value: String)], body: [UInt8],
        signing isSigned: (String) -> Bool = SignedHeaders.areStable
    ) {
        let (path, query) = Self.split(target)
        self.init(method, path: path, query: query, fields, body, isSigned)
    }

    /// The form of a request of ours.
    init(_ request: HTTPClientRequest, to target: SigningTarget) {
        self.init(
            request.method, path: target.path, query: target.query, request.fields, request.body,
            SignedHeaders.areStable)
    }

    /// What such a request says itself of its body's digest, if anything.
    static func givenHash(_ fields: [(name: String, value: String)]) -> String? {
        fields.first { HTTPFields.areEqual($0.name, "x-amz-content-sha256") }?.value
    }

    private init(
        _ method: String, path: String, query: String, _ fields: [(name: String, value: String)],
        _ body: [UInt8], _ isSigned: (String) -> Bool
    ) {
        self.method = method.uppercased()
        self.path = path
        self.query = query
        headers = Self.canonicalHeaders(fields, isSigned)
        payloadHash = Self.givenHash(fields) ?? Digest.sha256Text(body)
    }

    /// The names of the signed headers.
    package var signedHeaders: String { headers.map(\.name).joined(separator: ";") }

    /// The text that is digested.
    package var text: String { String(decoding: halves().behind, as: UTF8.self) + payloadHash }

    /// The text that is digested, without the digest of the body at its end: what is before the value
    /// of one header, and what is behind it.
    ///
    /// Without such a header everything is behind it.
    func halves(around hole: String? = nil) -> (before: [UInt8], behind: [UInt8]) {
        var before: [UInt8] = []
        var text = Array("\(method)\n\(path)\n\(query)\n".utf8)
        for header in headers {
            text.append(contentsOf: "\(header.name):".utf8)
            if header.name == hole {
                before = text
                text = []
            } else {
                text.append(contentsOf: header.value.utf8)
            }
            text.append(0x0A)
        }
        text.append(contentsOf: "\n\(signedHeaders)\n".utf8)
        return (before, text)
    }
}

// MARK: The parts

// Over bytes, not characters: every request is signed, and this is most of what it costs.
extension CanonicalRequest {
    /// The canonical path and query of what is sent.
    static func split(_ target: String) -> (path: String, query: String) {
        let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
        return (canonicalPath(target[..<mark].utf8), canonicalQuery(target[mark...].dropFirst()))
    }

    /// What is percent-encoded on the wire is encoded a second time here: `%3A` becomes `%253A`.
    private static func canonicalPath(_ path: Substring.UTF8View) -> String {
        let slash = UInt8(ascii: "/")
        var parts: [Substring.UTF8View] = []
        for part in path.split(separator: slash) where !part.elementsEqual(".".utf8) {
            if part.elementsEqual("..".utf8) { _ = parts.popLast() } else { parts.append(part) }
        }
        guard !parts.isEmpty else { return "/" }
        var encoded: [UInt8] = []
        for part in parts {
            encoded.append(slash)
            PercentEncoding.append(part, to: &encoded)
        }
        if path.last == slash { encoded.append(slash) }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// Nothing is encoded here: whoever makes the URL does it.
    private static func canonicalQuery(_ query: Substring) -> String {
        guard !query.isEmpty else { return "" }
        let parts = query.split(separator: "&", omittingEmptySubsequences: false)
        let pairs = parts.map { pair in
            let equals = pair.firstIndex(of: "=") ?? pair.endIndex
            return (name: String(pair[..<equals]), value: String(pair[equals...].dropFirst()))
        }
        return pairs.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
            .map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }

    private static func canonicalHeaders(
        _ fields: [(name: String, value: String)], _ isSigned: (String) -> Bool
    ) -> [(name: String, value: String)] {
        var signed: [(name: String, value: String)] = []
        for field in fields {
            let name = field.name.lowercased()
            guard isSigned(name) else { continue }
            let value = trimmed(field.value)
            // Of one name, in the order in which they come.
            if let same = signed.firstIndex(where: { $0.name == name }) {
                signed[same].value += ",\(value)"
            } else {
                signed.append((name: name, value: value))
            }
        }
        return signed.sorted { $0.name < $1.name }
    }

    /// Without blanks at the ends, and with one between words.
    private static func trimmed(_ value: String) -> String {
        isTrimmed(value)
            ? value : value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }

    private static func isTrimmed(_ value: String) -> Bool {
        let bytes = value.utf8.span
        var isAfterBlank = true
        for index in bytes.indices {
            let isBlank = bytes[index] == UInt8(ascii: " ")
            if bytes[index] == UInt8(ascii: "\t") || isBlank && isAfterBlank { return false }
            isAfterBlank = isBlank
        }
        return !isAfterBlank || bytes.isEmpty
    }
}
