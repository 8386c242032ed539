/// Where the files are with which a server proves who it is.
package struct TLSSettings: Sendable, Hashable {
    /// The certificate and those above it, in PEM.
    package var certificate: String
    /// Its private key, in PEM, without a passphrase.
    package var key: String
    /// The authorities, in PEM, one of which must have signed each client's certificate; nil when
    /// clients need none.
    package var clientAuthority: String?

    /// Which of the files.
    package enum File: Sendable, Hashable { case certificate, key, clientAuthority }

    /// What is wrong with them: with which, where that can be told, and why.
    package struct Fault: Error, Sendable, Hashable {
        package let file: File?
        package let failure: MachineFailure

        init(_ file: File?, _ failure: MachineFailure) {
            self.file = file
            self.failure = failure
        }
    }

    /// Files by their paths.
    package init(certificate: String, key: String, clientAuthority: String? = nil) {
        self.certificate = certificate
        self.key = key
        self.clientAuthority = clientAuthority
    }
}
