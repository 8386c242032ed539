/// What a request reads on its way through the hub: an immutable snapshot, replaced whole when the
/// configuration or the catalog changes.
final class Routes: Sendable {
    let catalog: Catalog
    let chains: Chains
    /// How many requests one client may have under way.
    let inFlightLimit: Int

    /// A snapshot of these.
    init(_ catalog: Catalog, _ chains: Chains, inFlightLimit: Int) {
        self.catalog = catalog
        self.chains = chains
        self.inFlightLimit = inFlightLimit
    }
}
