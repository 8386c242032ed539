/// How a client reaches servers; the same for all its requests.
package struct HTTPClientSettings: Sendable {
    /// Which proxies are used.
    package var proxies: ProxyRules
    /// Whose certificates are believed.
    package var trust: TrustSettings
    /// Whether HTTP/2 is spoken where a server offers it over TLS.
    package var usesHTTP2 = true
    /// The most connections that are kept for later requests.
    package var idleConnections = 256
    /// How long a connection is kept for a later request, and everything while there is none.
    package var idleLife = Duration.seconds(60)
    /// The most requests under way at once; more are refused.
    package var requests = 10_000
    /// How many bytes of an answer may wait for their reader before the server has to wait.
    package var waitingBytes = 256 * 1024

    /// The usual settings, with the proxies and authorities that these variables name.
    package init(_ environment: Environment) {
        proxies = ProxyRules(environment)
        trust = TrustSettings(environment)
    }
}

/// Where the certificates of authorities are; the system's own when nothing is named.
package struct TrustSettings: Sendable, Hashable {
    /// A file of certificates (PEM).
    package var file: String?
    /// Folders in which each certificate's name is its hash (`openssl rehash`).
    package var folders: [String]

    /// What `SSL_CERT_FILE` (or `CURL_CA_BUNDLE`) and `SSL_CERT_DIR` name.
    package init(_ environment: Environment) {
        func value(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        file = value("SSL_CERT_FILE") ?? value("CURL_CA_BUNDLE")
        folders = (value("SSL_CERT_DIR") ?? "").split(separator: ":").map(String.init)
    }
}
