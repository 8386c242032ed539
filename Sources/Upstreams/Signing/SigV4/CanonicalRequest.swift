import Machine

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
        self.method = method.uppercased()
        let mark = target.firstIndex(of: "?") ?? target.endIndex
        path = Self.canonicalPath(target[..<mark])
        query = Self.canonicalQuery(target[mark...].dropFirst())
        headers = Self.canonicalHeaders(fields, isSigned)
        let given = fields.first { HTTPFields.areEqual($0.name, "x-amz-content-sha256") }
        payloadHash = given?.value ?? Digest.sha256Text(body)
    }

    /// The names of the signed headers.
    package var signedHeaders: String { headers.map(\.name).joined(separator: ";") }

    /// The text that is digested.
    package var text: String {
        let lines = headers.map { "\($0.name):\($0.value)\n" }.joined()
        return "\(method)\n\(path)\n\(query)\n\(lines)\n\(signedHeaders)\n\(payloadHash)"
    }
}

// MARK: The parts

extension CanonicalRequest {
    /// What is percent-encoded on the wire is encoded a second time here: `%3A` becomes `%253A`.
    private static func canonicalPath(_ path: Substring) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        guard !parts.isEmpty else { return "/" }
        let end = path.hasSuffix("/") ? "/" : ""
        return PercentEncoding.encode("/" + parts.joined(separator: "/") + end, sparing: "/")
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
        var values: [String: [String]] = [:]
        for field in fields {
            let name = field.name.lowercased()
            if isSigned(name) { values[name, default: []].append(trimmed(field.value)) }
        }
        return values.sorted { $0.key < $1.key }
            .map { (name: $0.key, value: $0.value.joined(separator: ",")) }
    }

    private static func trimmed(_ value: String) -> String {
        value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }
}
