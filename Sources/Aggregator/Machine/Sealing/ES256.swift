import CCrypto

/// Signatures by ECDSA over P-256 with SHA-256, as JSON Web Algorithms writes them (RFC 7518,
/// section 3.4): for proofs of possession.
@safe package final class ES256: Sendable {
    /// The coordinates of the public key, 32 bytes each.
    package let publicKey: (x: [UInt8], y: [UInt8])
    // Only read after it was made; libcrypto counts references by itself.
    private nonisolated(unsafe) let key: OpaquePointer

    /// A private key from PEM text; nil when that is none, is locked, or is of another curve.
    package init?(pem: String) {
        let bytes = Array(pem.utf8)
        guard let source = unsafe BIO_new_mem_buf(bytes, Int32(bytes.count)) else { return nil }
        defer { unsafe BIO_free(source) }
        let key = unsafe PEM_read_bio_PrivateKey(source, nil, tls_no_passphrase, nil)
        guard let key = unsafe key else { return nil }
        var point = [UInt8](repeating: 0, count: 65)
        var count = 0
        let isRead =
            unsafe EVP_PKEY_get_octet_string_param(
                key, "encoded-pub-key", &point, point.count, &count) == 1
        // An uncompressed point of this curve begins with 4 and has two coordinates.
        guard isRead, count == 65, point[0] == 4 else {
            unsafe EVP_PKEY_free(key)
            return nil
        }
        unsafe self.key = key
        publicKey = (Array(point[1..<33]), Array(point[33...]))
    }

    deinit { unsafe EVP_PKEY_free(key) }

    /// The signature: 64 bytes.
    package func sign(_ bytes: [UInt8]) -> [UInt8] {
        guard let context = unsafe EVP_MD_CTX_new() else {
            preconditionFailure("There is no memory left.")
        }
        defer { unsafe EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: 80)
        var count = signature.count
        let isDone =
            unsafe EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1
            && EVP_DigestSign(context, &signature, &count, bytes, bytes.count) == 1
        precondition(isDone, "libcrypto offers no ECDSA.")
        return Self.fixed(signature[..<count])
    }

    /// Two integers of DER as 32 bytes each.
    private static func fixed(_ der: ArraySlice<UInt8>) -> [UInt8] {
        var rest = der.dropFirst(2)
        var fixed: [UInt8] = []
        for _ in 0..<2 {
            let count = Int(rest[rest.startIndex + 1])
            let number = rest.dropFirst(2).prefix(count).drop { $0 == 0 }
            fixed += [UInt8](repeating: 0, count: 32 - number.count) + number
            rest = rest.dropFirst(2 + count)
        }
        return fixed
    }
}
