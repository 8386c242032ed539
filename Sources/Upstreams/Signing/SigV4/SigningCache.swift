import Machine

/// What was worked out for the last request of an upstream, and mostly holds for the next one, too.
struct SigningCache: Sendable {
    private var secretAccessKey = ""
    private var day = ""
    private var key = HMACKey([])
    private var url = ""
    private var target: SigningTarget?
    /// Of this day's requests with these credentials.
    private var form: SigningForm?

    /// Puts a signature into a request, over exactly what is sent.
    ///
    /// Region and service are always the same. Throws `.unusable` for a URL that is none.
    mutating func sign(
        _ request: inout HTTPClientRequest, _ terms: SigV4, _ credentials: AWSCredentials
    ) throws(MachineFailure) {
        renew(terms, credentials.secretAccessKey)
        let target = try target(request.url)
        if let form, form.fits(request, target, credentials) {
            return form.sign(&request, terms, with: key)
        }
        let form = SigningForm(request, to: target, terms, credentials)
        form.sign(&request, terms, with: key)
        self.form = form
    }

    /// The signing key stays the same for a day.
    private mutating func renew(_ terms: SigV4, _ secretAccessKey: String) {
        let isSame = terms.date.utf8.starts(with: day.utf8)
        if isSame, !day.isEmpty, self.secretAccessKey == secretAccessKey { return }
        key = HMACKey(terms.signingKey(secretAccessKey))
        day = String(terms.date.prefix(8))
        self.secretAccessKey = secretAccessKey
        form = nil
    }

    private mutating func target(_ url: String) throws(MachineFailure) -> SigningTarget {
        if let target, url == self.url { return target }
        let target = try SigningTarget(url)
        (self.url, self.target) = (url, target)
        return target
    }
}
