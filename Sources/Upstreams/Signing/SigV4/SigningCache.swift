import Machine

/// What was worked out for the last request of an upstream, and mostly holds for the next one, too.
struct SigningCache: Sendable {
    private var secretAccessKey = ""
    private var day = ""
    private var key: [UInt8] = []
    private var url = ""
    private var target: SigningTarget?

    /// The signing key, which stays the same for a day; region and service are always the same.
    mutating func key(_ terms: SigV4, _ secretAccessKey: String) -> [UInt8] {
        if !terms.date.utf8.starts(with: day.utf8) || self.secretAccessKey != secretAccessKey
            || key.isEmpty
        {
            key = terms.signingKey(secretAccessKey)
            day = String(terms.date.prefix(8))
            self.secretAccessKey = secretAccessKey
        }
        return key
    }

    /// Whom and what a URL asks; throws `.unusable` for one that is none.
    mutating func target(_ url: String) throws(MachineFailure) -> SigningTarget {
        if let target, url == self.url { return target }
        let target = try SigningTarget(url)
        (self.url, self.target) = (url, target)
        return target
    }
}
