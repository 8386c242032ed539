import Machine
import Wire

/// Why a service refused a request before it ran, as far as that can be mended.
enum AWSRefusal: Sendable, Hashable {
    /// The signature's moment is too far from the service's.
    case clock
    /// The credentials have expired or are not known any more.
    case credentials
    /// Another reason, which is named.
    case other
    /// No reason was given.
    case unknown

    /// Codes that may be about the time.
    static let clockCodes = [
        "SignatureDoesNotMatch", "RequestTimeTooSkewed", "InvalidSignatureException",
        "RequestExpired",
    ]
    /// Codes of credentials that are not good any more.
    static let credentialCodes = [
        "ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException",
        "InvalidClientTokenId",
    ]

    /// Reads the answer's fields, and its body where they say nothing.
    init(_ fields: HTTPFields, _ body: [UInt8]) {
        let answer = body.isEmpty ? nil : try? Value(validating: body)
        let written = fields["x-amzn-errortype"] ?? (answer?["__type"] ?? answer?["code"])?.string
        // Services of JSON-RPC say it in its words.
        let words = answer?["message"] ?? answer?["Message"] ?? answer?["error"]?["message"]
        let text = words?.string ?? ""
        if text.contains("Signature expired") || text.contains("not yet current") {
            self = .clock
            return
        }
        // `com.amazonaws.x#ExpiredTokenException`, `ExpiredTokenException:http://…`.
        let code = written?.split(separator: "#").last?.prefix { $0 != ":" } ?? ""
        switch String(code) {
        case let code where Self.clockCodes.contains(code): self = .clock
        case let code where Self.credentialCodes.contains(code): self = .credentials
        case "": self = text.contains("security token") ? .credentials : .unknown
        default: self = .other
        }
    }
}
