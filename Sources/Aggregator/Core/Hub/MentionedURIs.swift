/// Which upstream spoke of a URI that nobody lists, so that reading it finds its way.
///
/// Bounded: the oldest half goes when it is full.
struct MentionedURIs {
    private var owners: [[UInt8]: String] = [:]
    private var order: [[UInt8]] = []
    private static let most = 4096
    /// Longer ones, such as `data:` URIs, are their own content and need no owner.
    private static let longest = 8192

    /// Who spoke of a URI first.
    subscript(uri: [UInt8]) -> String? { owners[uri] }

    /// Notes who speaks of a URI; the first one stays.
    mutating func note(_ uri: [UInt8], _ upstream: String) {
        guard uri.count <= Self.longest else { return }
        guard owners.updateValue(upstream, forKey: uri) == nil else { return }
        order.append(uri)
        guard order.count > Self.most else { return }
        for old in order.prefix(Self.most / 2) { owners[old] = nil }
        order.removeFirst(Self.most / 2)
    }
}
