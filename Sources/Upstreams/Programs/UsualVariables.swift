/// Which of our variables a program that we start gets, unless its owner says otherwise.
package enum UsualVariables {
    /// Who and where the user is, the terminal and the language, proxies, certificate authorities,
    /// XDG folders; a `*` at the end stands for anything.
    package static let list = [
        "HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "LANG", "LC_*", "TZ", "TMPDIR",
        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
        "http_proxy", "https_proxy", "all_proxy", "no_proxy",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
        "NODE_EXTRA_CA_CERTS", "XDG_*",
    ]

    /// Whether a variable of ours is one of these, or of further ones.
    package static func admit(_ name: String, besides names: [String] = []) -> Bool {
        exact.contains(name) || beginnings.contains { name.hasPrefix($0) }
            || names.contains { pattern in
                pattern.hasSuffix("*") ? name.hasPrefix(pattern.dropLast()) : name == pattern
            }
    }

    // Every variable is asked for at the start of every program.
    private static let exact = Set(list.filter { !$0.hasSuffix("*") })
    private static let beginnings = list.filter { $0.hasSuffix("*") }.map { $0.dropLast() }
}
