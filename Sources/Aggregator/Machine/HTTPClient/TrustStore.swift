import CCrypto

/// The certificates of authorities, loaded once and shared by every connection of a client.
///
/// To load a bundle blocks for 20 to 60 ms, so it happens on another thread; to share it costs
/// microseconds.
///
/// `@unchecked Sendable`: libcrypto locks and counts its stores.
@safe final class TrustStore: @unchecked Sendable {
    // A folder is read one certificate at a time, when it is needed.
    private static let usualFolders = ["/etc/ssl/certs", "/etc/pki/tls/certs"]
    private static let usualFiles = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ]

    /// libcrypto's handle.
    let pointer: OpaquePointer

    private init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe X509_STORE_free(pointer) }

    /// Loads what the settings name, or what the system has.
    ///
    /// Blocks; throws when something that is named cannot be read.
    static func load(_ settings: TrustSettings) throws(MachineFailure) -> TrustStore {
        guard let pointer = unsafe X509_STORE_new() else {
            throw MachineFailure(.system, "Could not make a store of certificates.")
        }
        let store = unsafe TrustStore(pointer)
        // As libcurl sets up its own: an intermediate authority may be trusted by itself.
        unsafe X509_STORE_set_flags(
            pointer, UInt(X509_V_FLAG_TRUSTED_FIRST) | UInt(X509_V_FLAG_PARTIAL_CHAIN))
        let settings = settings.file == nil && settings.folders.isEmpty ? usual() : settings
        if let file = settings.file { try store.add(file: file) }
        for folder in settings.folders { try store.add(folder: folder) }
        return store
    }

    private func add(file: String) throws(MachineFailure) {
        // Reading it tells why it cannot be read, which libcrypto does not.
        _ = try File.read(file, limit: 64 << 20)
        guard unsafe X509_STORE_load_file(pointer, file) == 1 else {
            ERR_clear_error()
            throw MachineFailure(
                .untrusted, "Could not use '\(file)': it holds no certificates in PEM form.",
                delivery: .notSent)
        }
    }

    private func add(folder: String) throws(MachineFailure) {
        guard File.stamp(folder) != nil, unsafe X509_STORE_load_path(pointer, folder) == 1 else {
            ERR_clear_error()
            throw MachineFailure(
                .missing, "Could not use the folder of certificates '\(folder)': it is missing.",
                delivery: .notSent)
        }
    }

    /// A folder of hashed names if there is one, for it costs nothing; a bundle otherwise.
    private static func usual() -> TrustSettings {
        var settings = TrustSettings(Environment([]))
        if let folder = usualFolders.first(where: hasHashedNames) {
            settings.folders = [folder]
        } else {
            settings.file = usualFiles.first { File.stamp($0) != nil }
        }
        return settings
    }

    private static func hasHashedNames(_ folder: String) -> Bool {
        File.names(in: folder).contains { name in
            name.utf8.count == 10 && name.hasSuffix(".0")
                && name.utf8.prefix(8).allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
        }
    }
}
