import Machine
import Testing
import Wire

@testable import Signing

/// Test data made by others, which is used where it lies beside the clone.
@Suite struct VectorTests {
    private static let root =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
        .joined(separator: "/") + "/../shared"

    private static func bytes(_ path: String) -> [UInt8]? {
        try? File.read("\(root)/\(path)", limit: 16 << 20)
    }

    @Test("every vector that botocore made for these services is met")
    func botocore() throws {
        guard let bytes = Self.bytes("reference/sigv4-vectors.json") else {
            print("sigv4-vectors.json was not found; the test that needs it checks nothing.")
            return
        }
        let file = try Value(validating: bytes)
        let keys = try #require(file["credentials"])
        var count = 0
        for vector in try #require(file["vectors"]).elements {
            let name = vector["name"]?.string ?? "?"
            var credentials = AWSCredentials(
                accessKeyId: try #require(keys["access_key_id"]?.string),
                secretAccessKey: try #require(keys["secret_access_key"]?.string), source: "a test")
            if vector["use_session_token"]?.bool == true {
                credentials.sessionToken = keys["session_token"]?.string
            }
            let terms = SigV4(
                date: "20260115T123456Z", region: try #require(vector["region"]?.string),
                service: try #require(vector["service"]?.string))
            if vector["presign_expires"] == nil {
                try signed(vector, terms, credentials, name)
            } else {
                try presigned(vector, terms, credentials, name)
            }
            count += 1
        }
        #expect(count == 21)
    }

    private func signed(
        _ vector: Value, _ terms: SigV4, _ credentials: AWSCredentials, _ name: String
    ) throws {
        let given = try #require(vector["request"])
        let expected = try #require(vector["expected"])
        var fields: [(name: String, value: String)] = []
        for member in try #require(given["headers"]).members {
            fields.append((member.key.string ?? "", member.value.string ?? ""))
        }
        if vector["payload_signing"]?.bool == false {
            fields.append(("X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD"))
        }
        var request = HTTPClientRequest(
            try #require(given["method"]?.string), try #require(given["url"]?.string),
            fields: fields, body: try #require(given["body"]?.text))
        try request.sign(terms, credentials)
        let canonical = CanonicalRequest(
            method: request.method, target: Self.target(request.url), fields: request.fields,
            body: request.body)
        #expect(canonical.text == expected["canonical_request"]?.string, "\(name)")
        #expect(terms.stringToSign(canonical) == expected["string_to_sign"]?.string, "\(name)")
        #expect(
            Digest.hexadecimal(terms.signingKey(credentials.secretAccessKey))
                == expected["signing_key_hex"]?.string, "\(name)")
        #expect(request["Authorization"] == expected["authorization"]?.string, "\(name)")
    }

    /// A signature in the query instead of the fields: the same text is signed.
    private func presigned(
        _ vector: Value, _ terms: SigV4, _ credentials: AWSCredentials, _ name: String
    ) throws {
        let url = try #require(vector["expected"]?["url"]?.string)
        let parts = url.split(separator: "&X-Amz-Signature=")
        let host = try HTTPAddress(url).authority
        let canonical = CanonicalRequest(
            method: "GET", target: Self.target(String(parts[0])), fields: [("host", host)],
            body: [])
        #expect(terms.signature(canonical, credentials.secretAccessKey) == parts[1], "\(name)")
    }

    private static func target(_ url: String) -> String {
        String(url.drop { $0 != ":" }.dropFirst(3).drop { $0 != "/" })
    }

    @Test("every case of AWS's public test suite is met")
    func suite() throws {
        let vectors = Environment.current()["MANIFOLD_VECTORS"] ?? Self.root + "/vectors"
        let folder = vectors + "/aws4_testsuite"
        let cases = File.names(in: folder).flatMap { name -> [String] in
            let inner = File.names(in: "\(folder)/\(name)")
            if inner.contains("\(name).req") { return ["\(name)/\(name)"] }
            return inner.filter { !$0.contains(".") }.map { "\(name)/\($0)/\($0)" }
        }
        if cases.isEmpty {
            print("aws4_testsuite was not found; the test that needs it checks nothing.")
        }
        for name in cases {
            func text(_ kind: String) -> String? {
                (try? File.read("\(folder)/\(name).\(kind)", limit: 1 << 20)).map {
                    String(decoding: $0, as: UTF8.self).replacing("\r\n", with: "\n")
                }
            }
            guard let raw = text("req"), let canonicalText = text("creq") else { continue }
            var request = SuiteRequest(raw)
            var credentials = AWSCredentials(
                accessKeyId: "AKIDEXAMPLE",
                secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", source: "a test")
            if let line = canonicalText.split(separator: "\n").first(where: {
                $0.hasPrefix("x-amz-security-token:")
            }), !raw.lowercased().contains("x-amz-security-token") {
                credentials.sessionToken = String(line.dropFirst(21))
                request.fields.append(("X-Amz-Security-Token", credentials.sessionToken ?? ""))
            }
            let canonical = CanonicalRequest(
                method: request.method, target: request.target, fields: request.fields,
                body: Array(request.body.utf8), signing: { _ in true })
            let terms = SigV4(date: "20150830T123600Z", region: "us-east-1", service: "service")
            #expect(canonical.text == canonicalText, "\(name)")
            #expect(terms.stringToSign(canonical) == text("sts"), "\(name)")
            let authorization = terms.authorization(
                by: credentials.accessKeyId, over: canonical.signedHeaders,
                terms.signature(canonical, credentials.secretAccessKey))
            #expect(authorization == text("authz"), "\(name)")
        }
    }
}

/// A request of the suite, whose URL is not encoded.
private struct SuiteRequest {
    let method: String
    let target: String
    var fields: [(name: String, value: String)] = []
    let body: String

    init(_ text: String) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        let first = lines.removeFirst()
        method = String(first.prefix { $0 != " " })
        let rest = first.dropFirst(method.count + 1)
        let url = rest.hasSuffix(" HTTP/1.1") ? rest.dropLast(9) : rest
        let mark = url.firstIndex(of: "?") ?? url.endIndex
        target = url[..<mark] + PercentEncoding.encode(String(url[mark...]), sparing: "?=&%")
        while let line = lines.popFirst(), !line.isEmpty {
            if line.hasPrefix(" "), let last = fields.indices.last {
                fields[last].value += " \(line)"
            } else {
                let colon = line.firstIndex(of: ":") ?? line.endIndex
                fields.append((String(line[..<colon]), String(line[colon...].dropFirst())))
            }
        }
        body = lines.joined(separator: "\n")
    }
}
