/// The links of one client, one per upstream, as they were when it last changed.
package final class LinkSet: Sendable {
    /// In configuration order.
    package let all: [Link]
    /// The hashes of their names, in the same order.
    private let hashes: [Int]

    /// Links in configuration order.
    package init(_ links: [Link]) {
        all = links
        hashes = links.map(\.name.hashValue)
    }

    package static let none = LinkSet([])

    /// The link to an upstream, if the client has one.
    ///
    /// There are so few that looking at each costs less than a table.
    subscript(_ target: Target) -> Link? {
        for index in hashes.indices where hashes[index] == target.upstreamHash {
            let link = all[index]
            if link.name == target.upstream { return link }
        }
        return nil
    }

    /// The link to an upstream; one that the client has no link to is not in service.
    func link(to target: Target) throws(Failure) -> Link {
        guard let link = self[target] else {
            throw Failure(
                .unavailable, "Upstream '\(target.upstream)' is not in service.",
                upstream: target.upstream)
        }
        return link
    }
}
