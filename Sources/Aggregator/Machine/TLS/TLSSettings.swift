/// Where the files are with which a server proves who it is.
package struct TLSSettings: Sendable, Hashable {
    /// The certificate and those above it, in PEM.
    package var certificate: String
    /// Its private key, in PEM, without a passphrase.
    package var key: String
    /// The authorities, in PEM, one of which must have signed each client's certificate; nil when
    /// clients need none.
    package var clientAuthority: String?

    /// Files by their paths.
    package init(certificate: String, key: String, clientAuthority: String? = nil) {
        self.certificate = certificate
        self.key = key
        self.clientAuthority = clientAuthority
    }
}
