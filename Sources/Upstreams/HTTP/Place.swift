import Machine

/// Where requests go: a URL, and which other URLs are of the same server.
struct Place: Sendable, Hashable {
    let url: String
    let address: HTTPAddress

    /// The place of a URL that has been checked.
    init(_ url: String) throws(MachineFailure) {
        self.url = url
        address = try HTTPAddress(url)
    }

    /// The place that a reference found here leads to (RFC 3986, section 5.2, without dots); nil if
    /// that is another server's or cannot be read.
    func following(_ reference: String) -> Place? {
        guard let place = try? Place(absolute(reference)), place.address == address else {
            return nil
        }
        return place
    }

    /// Whom a reference leads to, for messages.
    func host(of reference: String) -> String {
        (try? HTTPAddress(absolute(reference)))?.origin ?? "somewhere that is no web address"
    }

    private func absolute(_ reference: String) -> String {
        if reference.lowercased().hasPrefix("http:") || reference.lowercased().hasPrefix("https:") {
            return reference
        }
        let scheme = address.isSecure ? "https:" : "http:"
        if reference.hasPrefix("//") { return scheme + reference }
        let path = url.prefix { $0 != "?" && $0 != "#" }
        if reference.hasPrefix("/") { return address.origin + reference }
        if reference.hasPrefix("?") { return path + reference }
        let start = path.index(path.startIndex, offsetBy: scheme.count + 2)
        guard let slash = path[start...].lastIndex(of: "/") else { return "\(path)/\(reference)" }
        return path[...slash] + reference
    }
}
