import Wire

/// The resources that a client watches, under the URIs that it knows.
struct Watches: Sendable {
    private(set) var targets: [[UInt8]: Target] = [:]

    /// Adds one; false if it was there already, of the same upstream.
    mutating func add(_ uri: [UInt8], _ target: Target) -> Bool {
        targets.updateValue(target, forKey: uri)?.upstream != target.upstream
    }

    /// Takes one out; false if it was not there.
    mutating func remove(_ uri: [UInt8]) -> Bool { targets.removeValue(forKey: uri) != nil }

    /// The URI under which the client watches a resource of an upstream, or one below what it
    /// watches: the URI of an update may lie deeper (MCP, "Resources").
    func watched(_ uri: [UInt8], of upstream: String) -> [UInt8]? {
        let mine = targets.filter { $0.value.upstream == upstream }
        if let exact = mine.first(where: { $0.value.original == uri }) { return exact.key }
        let above = mine.first { Self.isBelow(uri, $0.value.original) }
        return above.map { $0.key == $0.value.original ? uri : WrappedURI.wrap(uri, of: upstream) }
    }

    private static func isBelow(_ uri: [UInt8], _ watched: [UInt8]) -> Bool {
        let slash = UInt8(ascii: "/")
        return uri.starts(with: watched)
            && (watched.last == slash || uri.dropFirst(watched.count).first == slash)
    }
}
