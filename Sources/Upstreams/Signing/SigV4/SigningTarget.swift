package import Machine

/// Whom and what a URL asks, as a signature has it.
package struct SigningTarget: Sendable, Hashable {
    /// What the field `Host` says.
    let authority: String
    /// The canonical path and query.
    let path: String
    let query: String

    /// The target of a URL; throws `.unusable` for one that is none.
    package init(_ url: String) throws(MachineFailure) {
        let address = try HTTPAddress(url)
        authority = address.authority
        (path, query) = CanonicalRequest.split(Self.sent(of: url, address))
    }

    /// The path and query as they are sent.
    private static func sent(of url: String, _ address: HTTPAddress) -> String {
        let hash = UInt8(ascii: "#")
        let target = url.utf8.dropFirst(address.isSecure ? 8 : 7)
            .drop { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != hash }
        let sent = Substring(target.prefix { $0 != hash })
        return sent.utf8.first == UInt8(ascii: "/") ? String(sent) : "/\(sent)"
    }
}
