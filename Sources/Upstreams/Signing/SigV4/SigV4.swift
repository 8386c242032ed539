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
        let digest = Digest.sha256Text(Array(request.text.utf8))
        return "\(Self.algorithm)\n\(date)\n\(credentialScope)\n\(digest)"
    }

    /// The key that a secret gives for this day, region and service.
    package func signingKey(_ secretAccessKey: String) -> [UInt8] {
        [String(date.prefix(8)), region, service, "aws4_request"]
            .reduce(Array("AWS4\(secretAccessKey)".utf8)) { key, part in
                Digest.hmac(key: key, Array(part.utf8))
            }
    }

    /// The signature, in hexadecimal digits.
    package func signature(_ request: CanonicalRequest, _ secretAccessKey: String) -> String {
        signature(request, key: signingKey(secretAccessKey))
    }

    private func signature(_ request: CanonicalRequest, key: [UInt8]) -> String {
        Digest.hexadecimal(Digest.hmac(key: key, Array(stringToSign(request).utf8)))
    }

    /// The value of the field `Authorization`; `key` is the signing key, where it is known.
    package func authorization(
        _ request: CanonicalRequest, _ credentials: AWSCredentials, key: [UInt8]? = nil
    ) -> String {
        """
        \(Self.algorithm) Credential=\(credentials.accessKeyId)/\(credentialScope), \
        SignedHeaders=\(request.signedHeaders), \
        Signature=\(signature(request, key: key ?? signingKey(credentials.secretAccessKey)))
        """
    }
}
