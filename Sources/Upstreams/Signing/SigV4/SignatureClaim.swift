/// What an `Authorization` field claims of a request: for whoever checks signatures.
package struct SignatureClaim: Sendable, Hashable {
    package let accessKeyId: String
    /// Eight digits; the whole moment is in the field `X-Amz-Date`.
    package let day: String
    package let region: String
    package let service: String
    /// The names of the headers that are said to be signed, in small letters.
    package let signedHeaders: [String]
    /// Hexadecimal digits.
    package let signature: String

    /// Reads a field; nil when it is no claim of this algorithm.
    package init?(_ authorization: String) {
        guard authorization.hasPrefix("\(SigV4.algorithm) ") else { return nil }
        var parts: [Substring: Substring] = [:]
        for part in authorization.dropFirst(SigV4.algorithm.count).split(separator: ",") {
            let part = part.drop { $0 == " " }
            guard let equals = part.firstIndex(of: "=") else { return nil }
            parts[part[..<equals]] = part[equals...].dropFirst()
        }
        guard let credential = parts["Credential"], let names = parts["SignedHeaders"],
            let signature = parts["Signature"]
        else { return nil }
        let scope = credential.split(separator: "/", omittingEmptySubsequences: false)
        guard scope.count == 5, scope[4] == "aws4_request" else { return nil }
        accessKeyId = String(scope[0])
        day = String(scope[1])
        region = String(scope[2])
        service = String(scope[3])
        signedHeaders = names.split(separator: ";").map(String.init)
        self.signature = String(signature)
    }

    /// Whether the claim is true of a request, for who knows the secret.
    ///
    /// `fields` are those that came, `target` the path and query as they came.
    package func holds(
        method: String, target: String, fields: [(name: String, value: String)], body: [UInt8],
        secretAccessKey: String
    ) -> Bool {
        let date = fields.first { $0.name.lowercased() == "x-amz-date" }?.value ?? ""
        let isWhole = signedHeaders.contains("host") && date.hasPrefix(day)
        let request = CanonicalRequest(
            method: method, target: target, fields: fields, body: body,
            signing: { signedHeaders.contains($0) })
        let terms = SigV4(date: date, region: region, service: service)
        return isWhole && request.headers.map(\.name) == signedHeaders
            && terms.signature(request, secretAccessKey) == signature
    }
}
