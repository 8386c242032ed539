import Machine

/// A signed request as far as others are like it: everything but the moment, the body and the signature.
///
/// Most of what a signature costs is bringing a request into its canonical form, and from one call of an
/// upstream to the next only those three change.
struct SigningForm: Sendable {
    // What it was made of.
    private let method: String
    private let target: SigningTarget
    private let given: [(name: String, value: String)]
    private let accessKeyId: String
    private let sessionToken: String?

    // What follows from that.
    private let fields: [(name: String, value: String)]
    private let dateIndex: Int
    /// The canonical request up to the moment, digested, and what is behind it.
    private let beginning: SHA256
    private let rest: [UInt8]
    /// What stands in the place of the body's digest, if the request says so itself.
    private let givenHash: [UInt8]?
    private let scope: [UInt8]
    /// The field `Authorization` without the signature at its end.
    private let authorization: [UInt8]

    /// The form of a request, for terms of one day and credentials.
    init(
        _ request: HTTPClientRequest, to target: SigningTarget, _ terms: SigV4,
        _ credentials: AWSCredentials
    ) {
        method = request.method
        self.target = target
        given = request.fields
        accessKeyId = credentials.accessKeyId
        sessionToken = credentials.sessionToken
        var model = request
        model.body = []
        model.prepare(for: target, terms.date, sessionToken)
        fields = model.fields
        dateIndex = fields.count - (sessionToken == nil ? 1 : 2)
        let canonical = CanonicalRequest(model, to: target)
        let (before, behind) = canonical.halves(around: "x-amz-date")
        beginning = SHA256(before)
        rest = behind
        givenHash = CanonicalRequest.givenHash(fields).map { Array($0.utf8) }
        scope = Array(terms.credentialScope.utf8)
        let start = terms.authorization(by: accessKeyId, over: canonical.signedHeaders, "")
        authorization = Array(start.utf8)
    }

    /// Whether it is that of another request, too.
    func fits(
        _ request: HTTPClientRequest, _ target: SigningTarget, _ credentials: AWSCredentials
    ) -> Bool {
        method == request.method && self.target == target && accessKeyId == credentials.accessKeyId
            && sessionToken == credentials.sessionToken && given.count == request.fields.count
            && given.indices.allSatisfy { given[$0] == request.fields[$0] }
    }

    /// Puts a signature into a request that it fits.
    func sign(_ request: inout HTTPClientRequest, _ terms: SigV4, with key: HMACKey) {
        var text = Array(terms.date.utf8)
        text.reserveCapacity(rest.count + 128)
        text.append(contentsOf: rest)
        text.append(contentsOf: givenHash ?? Digest.digits(of: Digest.sha256(request.body)))
        var canonical = beginning
        canonical.add(text)
        let signature = key.code(of: terms.textToSign(scope, canonical.digest))
        request.fields = fields
        request.fields[dateIndex].value = terms.date
        let proof = authorization + Digest.digits(of: signature)
        request.fields.append(("Authorization", String(decoding: proof, as: UTF8.self)))
    }
}

extension HTTPClientRequest {
    /// Puts in what a signature covers besides what the request has; the moment, and the token if there
    /// is one, are the last fields then.
    fileprivate mutating func prepare(
        for target: SigningTarget, _ date: String, _ sessionToken: String?
    ) {
        fields.removeAll { field in
            Self.signed.contains { HTTPFields.areEqual($0, field.name) }
        }
        fields.append(("Host", target.authority))
        fields.append(("X-Amz-Date", date))
        if let sessionToken { fields.append(("X-Amz-Security-Token", sessionToken)) }
    }

    private static let signed = ["Host", "X-Amz-Date", "X-Amz-Security-Token", "Authorization"]
}
