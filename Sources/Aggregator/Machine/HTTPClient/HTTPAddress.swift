/// Whom a URL asks, without the parts of it that may be secret.
package struct HTTPAddress: Sendable, Hashable {
    /// Whether the scheme is `https`.
    package let isSecure: Bool
    /// The name or the number, without the brackets of IPv6, in lower case.
    package let host: String
    /// The port that is given, or the scheme's own.
    package let port: Int

    /// Reads a URL.
    ///
    /// Throws `.unusable` for what is not an absolute `http` or `https` URL, and for one with a user
    /// name in it.
    package init(_ url: String) throws(MachineFailure) {
        guard Self.isVisible(url) else {
            throw Self.unusable("it has a character that must be percent-encoded")
        }
        let scheme = Substring(url.utf8.prefix { $0 != UInt8(ascii: ":") })
        switch scheme.lowercased() {
        case "http": isSecure = false
        case "https": isSecure = true
        default: throw Self.unusable("it must begin with 'http://' or 'https://'")
        }
        let rest = url.utf8.dropFirst(scheme.utf8.count)
        guard rest.starts(with: "://".utf8) else {
            throw Self.unusable("it must begin with 'http://' or 'https://'")
        }
        let authority = rest.dropFirst(3).prefix { !"/?#".utf8.contains($0) }
        guard !authority.contains(UInt8(ascii: "@")) else {
            throw Self.unusable("credentials do not belong in it; give them in a header")
        }
        (host, port) = try Self.split(Substring(authority), otherwise: isSecure ? 443 : 80)
    }

    /// The scheme, the host and a port that is not the scheme's own: fit for messages.
    package var origin: String { "\(isSecure ? "https" : "http")://\(authority)" }

    /// The host and a port that is not the scheme's own, as the field `Host` has them.
    package var authority: String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        let isUsual = port == (isSecure ? 443 : 80)
        return "\(name)\(isUsual ? "" : ":\(port)")"
    }

    /// Whether the host is this machine, by its name or its number.
    package var isLoopback: Bool {
        if host == "localhost" || host.hasSuffix(".localhost") { return true }
        guard let bytes = NetworkNumber(host)?.bytes else { return false }
        return bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// Whether a text has visible characters of ASCII only, without `\\`.
    private static func isVisible(_ text: String) -> Bool {
        let bytes = text.utf8.span
        for index in bytes.indices {
            let byte = bytes[index]
            guard byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "\\") else { return false }
        }
        return true
    }

    private static func split(_ authority: Substring, otherwise: Int)
        throws(MachineFailure) -> (String, Int)
    {
        var host = authority
        var port: Substring?
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            host = authority[authority.index(after: authority.startIndex)..<end]
            let tail = authority[authority.index(after: end)...]
            guard tail.isEmpty || tail.hasPrefix(":") else { throw unusable("its host is none") }
            port = tail.isEmpty ? nil : tail.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        guard !host.isEmpty else { throw unusable("its host is missing") }
        guard let port, !port.isEmpty else { return (host.lowercased(), otherwise) }
        guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(port),
            (1...65_535).contains(number)
        else { throw unusable("its port is not a number from 1 to 65535") }
        return (host.lowercased(), number)
    }

    /// Without the URL: its path or query may be a secret.
    private static func unusable(_ reason: String) -> MachineFailure {
        MachineFailure(.unusable, "Could not use a URL: \(reason).", delivery: .notSent)
    }
}
