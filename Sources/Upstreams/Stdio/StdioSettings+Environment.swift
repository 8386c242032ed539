import Aggregator

extension StdioSettings.Inheritance {
    /// The variables that a child inherits unless its settings say otherwise: who and where the
    /// user is, the terminal and the language, proxies, certificate authorities, XDG folders.
    package static let list = [
        "HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "LANG", "LC_*", "TZ", "TMPDIR",
        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
        "http_proxy", "https_proxy", "all_proxy", "no_proxy",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
        "NODE_EXTRA_CA_CERTS", "XDG_*",
    ]

    /// Whether a child inherits our variable of this name.
    package func admits(_ name: String) -> Bool {
        switch self {
        case .usual: Self.matches(name, Self.list)
        case .all: true
        case .none: false
        case .also(let names): Self.matches(name, Self.list) || Self.matches(name, names)
        }
    }

    /// Whether a name is one of these; a `*` at the end of a pattern stands for anything.
    private static func matches(_ name: String, _ patterns: [String]) -> Bool {
        patterns.contains { pattern in
            pattern.hasSuffix("*") ? name.hasPrefix(pattern.dropLast()) : name == pattern
        }
    }
}

extension StdioSettings {
    /// The child's complete environment, sorted by name: what it inherits of ours, then the lines
    /// of its file, then `env`; a later layer wins, and null in `env` removes.
    package func environment(
        inheriting ours: [(name: String, value: String)],
        file: [(name: String, value: String)] = []
    ) -> [(name: String, value: String)] {
        var variables: [String: String] = [:]
        for (name, value) in ours where inheritEnv.admits(name) { variables[name] = value }
        for (name, value) in file { variables[name] = value }
        for variable in env { variables[variable.name] = variable.value?.value }
        return variables.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    }
}
