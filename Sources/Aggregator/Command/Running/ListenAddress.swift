import Aggregator
import Machine

/// Where `--http` wants to listen: `127.0.0.1:8000`, `[::1]:8000`, or a port alone.
struct ListenAddress: Equatable {
    let host: String
    let port: Int

    /// The address that a text names; nil when it names none.
    init?(_ text: String) {
        let parts = Self.parts(text)
        guard let parts, let port = Int(parts.port), (0...65_535).contains(port) else { return nil }
        host = parts.host == "localhost" ? "127.0.0.1" : parts.host
        self.port = port
    }

    private static func parts(_ text: String) -> (host: String, port: String)? {
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]"), text[end...].hasPrefix("]:") else {
                return nil
            }
            return (
                String(text[text.index(after: text.startIndex)..<end]),
                String(text[end...].dropFirst(2))
            )
        }
        guard let colon = text.lastIndex(of: ":") else { return ("127.0.0.1", text) }
        let host = text[..<colon]
        guard !host.contains(":") else { return nil }
        return (host.isEmpty ? "0.0.0.0" : String(host), String(text[colon...].dropFirst()))
    }

    /// Whether only this machine can reach it.
    var isLoopback: Bool { host == "::1" || host.hasPrefix("127.") }

    /// Whether only those get in whom `inbound` lets in: what other machines reach asks for a token,
    /// or for a certificate where TLS is spoken.
    func isGuarded(by inbound: Configuration.Inbound, speaksTLS: Bool = true) -> Bool {
        isLoopback || inbound.bearer != nil || speaksTLS && inbound.tls?.clientCA != nil
    }

    /// The URL of the endpoint when it listens at a port.
    func url(port: Int, isSecure: Bool) -> String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(isSecure ? "https" : "http")://\(name):\(port)/mcp"
    }
}
