import Machine

/// AWS Signature Version 4 (`AWS4-HMAC-SHA256`) for one moment, region and service; pure.
package struct SigV4: Sendable, Hashable {
    /// The name of the algorithm.
    package static let algorithm = "AWS4-HMAC-SHA256"

    /// The moment, as `X-Amz-Date` writes it: `20260115T123456Z`.
    package let date: String
    package let region: String
    package let service: String

    /// A signature's terms.
    package init(date: String, region: String, service: String) {
        self.date = date
        self.region = region
        self.service = service
    }

    /// What a key is good for: day, region and service.
    package var credentialScope: String { "\(date.prefix(8))/\(region)/\(service)/aws4_request" }

    /// What is signed of a canonical request.
    package func stringToSign(_ request: CanonicalRequest) -> String {
        let digest = Digest.sha256(Array(request.text.utf8))
        return String(decoding: textToSign(Array(credentialScope.utf8), digest), as: UTF8.self)
    }

    /// The same of a request with this digest; `scope` is the credential scope.
    func textToSign(_ scope: [UInt8], _ digest: [UInt8]) -> [UInt8] {
        var text = Self.opening
        text.reserveCapacity(256)
        text.append(contentsOf: date.utf8)
        text.append(0x0A)
        text.append(contentsOf: scope)
        text.append(0x0A)
        text.append(contentsOf: Digest.digits(of: digest))
        return text
    }

    private static let opening = Array("\(algorithm)\n".utf8)

    /// The key that a secret gives for this day, region and service.
    package func signingKey(_ secretAccessKey: String) -> [UInt8] {
        [String(date.prefix(8)), region, service, "aws4_request"]
            .reduce(Array("AWS4\(secretAccessKey)".utf8)) { key, part in
                Digest.hmac(key: key, Array(part.utf8))
            }
    }

    /// The signature, in hexadecimal digits.
    package func signature(_ request: CanonicalRequest, _ secretAccessKey: String) -> String {
        Digest.hexadecimal(
            Digest.hmac(key: signingKey(secretAccessKey), Array(stringToSign(request).utf8)))
    }

    /// The value of the field `Authorization`.
    package func authorization(
        by accessKeyId: String, over signedHeaders: String, _ signature: String
    ) -> String {
        """
        \(Self.algorithm) Credential=\(accessKeyId)/\(credentialScope), \
        SignedHeaders=\(signedHeaders), Signature=\(signature)
        """
    }
}
