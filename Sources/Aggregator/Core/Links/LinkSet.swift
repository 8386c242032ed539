/// The links of one client, one per upstream, as they were when it last changed.
package final class LinkSet: Sendable {
    /// In configuration order.
    package let all: [Link]
    private let byName: [String: Link]

    package init(_ links: [Link]) {
        all = links
        byName = Dictionary(links.map { ($0.name, $0) }) { first, _ in first }
    }

    package static let none = LinkSet([])

    /// The link to an upstream; one that the client has no link to is not in service.
    package func link(to upstream: String) throws(Failure) -> Link {
        guard let link = byName[upstream] else {
            throw Failure(
                .unavailable, "Upstream '\(upstream)' is not in service.", upstream: upstream)
        }
        return link
    }
}
