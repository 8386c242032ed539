import CCrypto

/// AES-256-SIV (RFC 5297): the same text under the same key and associated data is always sealed to
/// the same bytes, and nobody without the key can make, change or read them.
///
/// That two sealed texts are equal can be seen, which is what it is for.
package struct DeterministicCipher: Sendable {
    private static let name = "AES-256-SIV"
    private static let tagCount = 16
    private let key: [UInt8]

    /// Leads what is sealed, so that the right one of several keys is taken; 4 bytes.
    package let id: [UInt8]

    /// Whether this libcrypto has the cipher: OpenSSL has since 3.0.
    package static let isOffered: Bool = {
        guard let cipher = unsafe EVP_CIPHER_fetch(nil, name, nil) else { return false }
        unsafe EVP_CIPHER_free(cipher)
        return true
    }()

    /// The cipher of a master key; what is sealed for one purpose does not open for another.
    package init(_ key: SealKey, purpose: String) {
        let half = { (name: String) in
            Digest.hmac(key: key.bytes, Array("\(purpose) \(name)".utf8))
        }
        self.key = half("siv 1") + half("siv 2")
        id = key.id
    }

    /// The tag of 16 bytes that vouches for the text and for `associated`, and the encrypted text.
    package func seal(_ plain: [UInt8], associated: [UInt8]) -> [UInt8] {
        precondition(!plain.isEmpty && !associated.isEmpty, "There is nothing to seal.")
        let context = CipherContext(Self.name, key: key, isSealing: true)
        guard context.associate(associated), let sealed = context.process(plain), context.finish(),
            let tag = context.tag(Self.tagCount)
        else { preconditionFailure("libcrypto offers no AES-256-SIV.") }
        return tag + sealed
    }

    /// What was sealed; nil when the key, the bytes or `associated` are others.
    package func open(_ sealed: [UInt8], associated: [UInt8]) -> [UInt8]? {
        guard sealed.count > Self.tagCount, !associated.isEmpty else { return nil }
        let context = CipherContext(Self.name, key: key, isSealing: false)
        guard context.expect(Array(sealed.prefix(Self.tagCount))), context.associate(associated),
            let plain = context.process(Array(sealed.dropFirst(Self.tagCount))), context.finish()
        else { return nil }
        return plain
    }
}
