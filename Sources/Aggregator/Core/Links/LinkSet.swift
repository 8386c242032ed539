import Wire

/// The links of one client, one per upstream, as they were when it last changed.
package final class LinkSet: Sendable {
    /// In configuration order.
    package let all: [Link]
    private let byName: ByteMap<Link>

    /// Links in configuration order.
    package init(_ links: [Link]) {
        all = links
        byName = ByteMap(links.map { (Array($0.name.utf8), $0) })
    }

    package static let none = LinkSet([])

    /// The link to an upstream; one that the client has no link to is not in service.
    func link(to target: Target) throws(Failure) -> Link {
        guard let link = byName[target.upstreamKey] else {
            throw Failure(
                .unavailable, "Upstream '\(target.upstream)' is not in service.",
                upstream: target.upstream)
        }
        return link
    }
}
