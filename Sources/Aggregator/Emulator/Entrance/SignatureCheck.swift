import Machine
import Signing
import Wire

/// Recomputes the signature of a request from its bytes (AWS Signature Version 4), and refuses in
/// the words of AWS.
struct SignatureCheck: Sendable {
    /// How far a signature's time may be from ours.
    private static let tolerance: Int64 = 300

    let keys: KeyRing
    let clock: ServiceClock
    let region: String
    /// The name that signatures are for.
    var service = "bedrock-agentcore"

    /// Who signed the request.
    func caller(_ exchange: HTTPExchange, _ authorization: String) throws(EdgeFailure) -> EdgeCaller
    {
        let fields = exchange.head.fields
        guard let claim = SignatureClaim(authorization) else {
            throw refusal("IncompleteSignatureException", Self.incomplete)
        }
        guard let date = fields["X-Amz-Date"]?.text,
            let signed = Moment.seconds(amzDate: date)
        else {
            throw refusal(
                "IncompleteSignatureException",
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
                    + "(Hashed with SHA-256 and encoded with Base64)")
        }
        guard let key = keys.find(claim.accessKeyId),
            key.sessionToken == fields["X-Amz-Security-Token"]?.text
        else {
            throw refusal(
                "UnrecognizedClientException",
                "The security token included in the request is invalid.")
        }
        if let expires = key.expires, expires <= clock.now { throw expired }
        try check(claim, date: date)
        try check(age: signed, date)
        try verify(claim, exchange, date, key)
        return EdgeCaller(name: key.principal, mode: .iam)
    }

    /// What is said of credentials that were good once.
    var expired: EdgeFailure {
        refusal(
            "ExpiredTokenException", "The security token included in the request is expired")
    }

    private func check(_ claim: SignatureClaim, date: String) throws(EdgeFailure) {
        guard claim.service == service, claim.region == region else {
            let wrong =
                claim.service == service
                ? "Credential should be scoped to a valid region, not '\(claim.region)'. "
                : "Credential should be scoped to correct service: '\(service)'. "
            throw refusal("InvalidSignatureException", wrong)
        }
        guard date.hasPrefix(claim.day) else {
            throw refusal(
                "InvalidSignatureException",
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
                    + "HTTP: '\(claim.day)' != '\(date.prefix(8))', from '\(date)'.")
        }
        guard claim.signedHeaders.contains("host") else {
            throw refusal(
                "InvalidSignatureException",
                "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
        }
    }

    private func check(age signed: Int64, _ date: String) throws(EdgeFailure) {
        let now = clock.seconds
        let present = Moment.amzDate(now)
        if signed < now - Self.tolerance {
            throw refusal(
                "InvalidSignatureException",
                "Signature expired: \(date) is now earlier than "
                    + "\(Moment.amzDate(now - Self.tolerance)) (\(present) - 5 min.)")
        }
        if signed > now + Self.tolerance {
            throw refusal(
                "InvalidSignatureException",
                "Signature not yet current: \(date) is still later than "
                    + "\(Moment.amzDate(now + Self.tolerance)) (\(present) + 5 min.)")
        }
    }

    private func verify(
        _ claim: SignatureClaim, _ exchange: HTTPExchange, _ date: String, _ key: EmulatedKey
    ) throws(EdgeFailure) {
        let head = exchange.head
        let query = head.query.map { "?" + String(decoding: $0, as: UTF8.self) } ?? ""
        let request = CanonicalRequest(
            method: head.methodName, target: head.pathText + query,
            fields: head.fields.map { (name: $0.name.text, value: $0.value.text) },
            body: exchange.body, signing: { claim.signedHeaders.contains($0) })
        let terms = SigV4(date: date, region: claim.region, service: claim.service)
        let isWhole = request.headers.map(\.name) == claim.signedHeaders.sorted()
        guard isWhole, terms.signature(request, key.secretAccessKey) == claim.signature else {
            throw refusal(
                "InvalidSignatureException",
                """
                The request signature we calculated does not match the signature you provided. Check \
                your AWS Secret Access Key and signing method. Consult the service documentation for \
                details.

                The Canonical String for this request should have been
                '\(request.text)'

                The String-to-Sign should have been
                '\(terms.stringToSign(request))'

                """)
        }
    }

    private static let incomplete =
        "Authorization header requires 'Credential' parameter. Authorization header requires "
        + "'Signature' parameter. Authorization header requires 'SignedHeaders' parameter."

    private func refusal(_ type: String, _ message: String) -> EdgeFailure {
        EdgeFailure(.signature(type), message)
    }
}
