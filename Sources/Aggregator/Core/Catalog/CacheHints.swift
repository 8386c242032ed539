package import Wire

/// How long a result may be kept, and by whom (MCP 2026-07-28, "Caching").
package struct CacheHints: Sendable, Hashable {
    /// In milliseconds; 0 for not at all.
    package var ttl: Int
    /// Whether it is the same for everybody.
    package var isPublic: Bool

    /// Hints with every part given.
    package init(ttl: Int, isPublic: Bool) {
        self.ttl = ttl
        self.isPublic = isPublic
    }

    /// What holds for what comes from upstreams that say nothing about it, as those of older revisions
    /// do not: for a short time, because a change is announced.
    static let own = CacheHints(ttl: 10_000, isPublic: false)

    /// Writes the two members of a result.
    func write(into writer: inout JSONWriter) {
        writer.key("ttlMs")
        writer.integer(ttl)
        writer.key("cacheScope")
        writer.string(isPublic ? "public" : "private")
    }

    /// Reads the hints of a result; nil when it has none, as those of older revisions have.
    package init?(_ result: Value) {
        let ttl = result["ttlMs"]
        let scope = result["cacheScope"]
        guard ttl != nil || scope != nil else { return nil }
        self.ttl = max(0, ttl?.integer ?? 0)
        isPublic = scope?.string == "public"
    }
}

extension CacheHints? {
    /// What holds for two parts together: the shorter time, and public only if both are.
    ///
    /// A part without hints must not be kept; nil if neither has any.
    package func merged(with other: CacheHints?) -> CacheHints? {
        guard self != nil || other != nil else { return nil }
        return CacheHints(
            ttl: Swift.min(self?.ttl ?? 0, other?.ttl ?? 0),
            isPublic: self?.isPublic == true && other?.isPublic == true)
    }
}
