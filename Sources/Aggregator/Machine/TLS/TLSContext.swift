import CCrypto

/// What all connections of a server share: certificate, key and rules (TLS 1.2 and 1.3).
///
/// `@unchecked Sendable`: OpenSSL counts its references with atomics, and nothing is changed once
/// it is made.
@safe package final class TLSContext: @unchecked Sendable {
    /// OpenSSL's handle.
    let pointer: OpaquePointer
    /// Whom clients' certificates must come from, as the file says; nil when they need none.
    let authorities: [UInt8]?

    private init(_ pointer: OpaquePointer, authorities: [UInt8]?) {
        unsafe self.pointer = pointer
        self.authorities = authorities
    }

    deinit { unsafe SSL_CTX_free(pointer) }

    /// Reads the files; blocks as long as the disk does.
    ///
    /// A fault names the file and the reason, never what is in it.
    package static func make(_ settings: TLSSettings) throws(TLSSettings.Fault) -> TLSContext {
        ERR_clear_error()
        let authorities: [UInt8]? =
            if let path = settings.clientAuthority {
                try content(of: path, .clientAuthority)
            } else { nil }
        guard let pointer = unsafe SSL_CTX_new(TLS_server_method()) else { throw unprepared() }
        let context = unsafe TLSContext(pointer, authorities: authorities)
        guard unsafe tls_require_1_2(pointer) == 1 else { throw unprepared() }
        unsafe tls_set_modes(pointer)
        unsafe tls_ask_for_no_passphrase(pointer)
        unsafe tls_offer_http(pointer)
        try context.loadCertificate(settings)
        if let path = settings.clientAuthority { try context.requireClients(of: path) }
        return context
    }

    private func loadCertificate(_ settings: TLSSettings) throws(TLSSettings.Fault) {
        _ = try Self.content(of: settings.certificate, .certificate)
        guard unsafe SSL_CTX_use_certificate_chain_file(pointer, settings.certificate) == 1 else {
            throw Self.fault(
                .certificate, "Could not use the certificate '\(settings.certificate)'")
        }
        _ = try Self.content(of: settings.key, .key)
        guard unsafe SSL_CTX_use_PrivateKey_file(pointer, settings.key, SSL_FILETYPE_PEM) == 1
        else {
            throw Self.fault(.key, "Could not use the private key '\(settings.key)'")
        }
        guard unsafe SSL_CTX_check_private_key(pointer) == 1 else {
            throw Self.fault(
                .key,
                "The private key '\(settings.key)' is not that of the certificate "
                    + "'\(settings.certificate)'")
        }
    }

    private func requireClients(of path: String) throws(TLSSettings.Fault) {
        guard unsafe SSL_CTX_load_verify_locations(pointer, path, nil) == 1,
            let names = unsafe SSL_load_client_CA_file(path)
        else {
            throw Self.fault(.clientAuthority, "Could not use the authority of clients '\(path)'")
        }
        unsafe SSL_CTX_set_client_CA_list(pointer, names)
        unsafe SSL_CTX_set_verify(
            pointer, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        // Without it a client that resumes its session is refused.
        let name = Array("manifold".utf8)
        unsafe SSL_CTX_set_session_id_context(pointer, name, UInt32(name.count))
    }

    /// OpenSSL's own words for a file that cannot be read say nothing of the system's.
    private static func content(
        of path: String, _ file: TLSSettings.File
    ) throws(TLSSettings.Fault) -> [UInt8] {
        do throws(MachineFailure) {
            return try File.read(path, limit: 16 << 20)
        } catch {
            throw TLSSettings.Fault(file, error)
        }
    }

    private static func unprepared() -> TLSSettings.Fault { fault(nil, "Could not prepare TLS") }

    private static func fault(_ file: TLSSettings.File?, _ attempt: String) -> TLSSettings.Fault {
        TLSSettings.Fault(file, MachineFailure(.system, "\(attempt): \(TLSReason.take())."))
    }
}

/// OpenSSL's reasons, which wait in a queue of each thread.
enum TLSReason {
    /// The first reason that waits, as a phrase; empties the queue.
    static func take() -> String {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0, let text = unsafe ERR_reason_error_string(code) else {
            return "no reason is known"
        }
        return unsafe String(cString: text)
    }
}
