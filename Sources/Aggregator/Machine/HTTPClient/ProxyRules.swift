/// Which proxy a request goes through, and which hosts are asked directly.
package struct ProxyRules: Sendable, Hashable {
    private let plain: String?
    private let secure: String?
    private let exceptions: [String]
    /// A proxy of the environment is meant for the network, not for this machine.
    private let sparesLoopback: Bool

    /// No proxy at all.
    package static let none = ProxyRules(Environment([]))

    /// What the usual variables say: `http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`, in small
    /// letters first.
    package init(_ environment: Environment) {
        func value(_ name: String) -> String? {
            [name, name.uppercased()].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        // Under CGI, a request's `Proxy` header becomes HTTP_PROXY.
        let isCGI = environment["REQUEST_METHOD"] != nil
        plain = (isCGI ? environment["http_proxy"] : value("http_proxy")) ?? value("all_proxy")
        secure = value("https_proxy") ?? value("all_proxy")
        exceptions = Self.list(value("no_proxy") ?? "")
        sparesLoopback = true
    }

    /// One proxy for everything but the exceptions, written as in `NO_PROXY`.
    package init(proxy: String, except exceptions: String = "") {
        plain = proxy
        secure = proxy
        self.exceptions = Self.list(exceptions)
        sparesLoopback = false
    }

    /// The proxy's URL for an address; nil to ask directly.
    package func proxy(for address: HTTPAddress) -> String? {
        guard let proxy = address.isSecure ? secure : plain, !proxy.isEmpty else { return nil }
        if sparesLoopback, address.isLoopback { return nil }
        return exceptions.contains { Self.matches($0, address) } ? nil : proxy
    }

    /// A proxy's URL without its credentials, for messages.
    static func shown(_ proxy: String) -> String {
        guard let at = proxy.lastIndex(of: "@") else { return proxy }
        return String(proxy[proxy.index(after: at)...])
    }

    private static func list(_ text: String) -> [String] {
        text.lowercased().split { $0 == "," || $0.isWhitespace }.map(String.init)
    }

    /// A name stands for itself and what is below it, `10.0.0.0/8` for its range, `*` for all.
    private static func matches(_ exception: String, _ address: HTTPAddress) -> Bool {
        if exception == "*" { return true }
        if let host = NetworkNumber(address.host) { return covers(exception, host, address.port) }
        let (name, port) = withoutPort(exception)
        guard port == nil || port == address.port else { return false }
        let domain = name.hasPrefix("*.") ? name.dropFirst(2) : name.drop { $0 == "." }
        guard !domain.isEmpty else { return false }
        return address.host == domain || address.host.hasSuffix(".\(domain)")
    }

    private static func covers(_ exception: String, _ host: NetworkNumber, _ port: Int) -> Bool {
        let parts = exception.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 2, let range = NetworkNumber(String(parts[0])), let bits = Int(parts[1]) {
            return host.agrees(with: range, bits: bits)
        }
        let bare = exception.filter { $0 != "[" && $0 != "]" }
        if NetworkNumber(bare) == host { return true }
        let (name, given) = withoutPort(exception)
        return NetworkNumber(name.filter { $0 != "[" && $0 != "]" }) == host && given == port
    }

    private static func withoutPort(_ text: String) -> (name: String, port: Int?) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...])
        else { return (text, nil) }
        return (String(text[..<colon]), port)
    }
}
