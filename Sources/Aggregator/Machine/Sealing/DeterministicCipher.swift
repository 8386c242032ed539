import CCrypto

/// AES-256-SIV (RFC 5297): the same text under the same key and associated data is always sealed to
/// the same bytes, and nobody without the key can make, change or read them.
///
/// That two sealed texts are equal can be seen, which is what it is for.
package struct DeterministicCipher: Sendable {
    private static let tagCount = 16
    private let key: [UInt8]

    /// Leads what is sealed, so that the right one of several keys is taken; 4 bytes.
    package let id: [UInt8]

    /// Whether this libcrypto has the cipher: OpenSSL has since 3.0.
    package static let isOffered: Bool = {
        guard let cipher = unsafe EVP_CIPHER_fetch(nil, "AES-256-SIV", nil) else { return false }
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
        let context = Context(key, isSealing: true)
        guard context.associate(associated), let sealed = context.process(plain),
            let tag = context.tag(Self.tagCount)
        else { preconditionFailure("libcrypto offers no AES-256-SIV.") }
        return tag + sealed
    }

    /// What was sealed; nil when the key, the bytes or `associated` are others.
    package func open(_ sealed: [UInt8], associated: [UInt8]) -> [UInt8]? {
        guard sealed.count > Self.tagCount, !associated.isEmpty else { return nil }
        let context = Context(key, isSealing: false)
        guard context.expect(Array(sealed.prefix(Self.tagCount))), context.associate(associated)
        else { return nil }
        return context.process(Array(sealed.dropFirst(Self.tagCount)))
    }

    /// libcrypto's state for one text; SIV takes a text in one piece.
    @safe private struct Context: ~Copyable {
        private let pointer: OpaquePointer
        private let cipher: OpaquePointer

        init(_ key: [UInt8], isSealing: Bool) {
            guard let pointer = unsafe EVP_CIPHER_CTX_new(),
                let cipher = unsafe EVP_CIPHER_fetch(nil, "AES-256-SIV", nil)
            else { preconditionFailure("libcrypto offers no AES-256-SIV.") }
            unsafe self.pointer = pointer
            unsafe self.cipher = cipher
            let result = unsafe EVP_CipherInit_ex(
                pointer, cipher, nil, key, nil, isSealing ? 1 : 0)
            precondition(result == 1, "libcrypto offers no AES-256-SIV.")
        }

        deinit {
            unsafe EVP_CIPHER_CTX_free(pointer)
            unsafe EVP_CIPHER_free(cipher)
        }

        borrowing func associate(_ bytes: [UInt8]) -> Bool {
            var count: Int32 = 0
            return unsafe EVP_CipherUpdate(pointer, nil, &count, bytes, Int32(bytes.count)) == 1
        }

        /// The other form of a text; nil when its tag is not the expected one.
        borrowing func process(_ bytes: [UInt8]) -> [UInt8]? {
            var isDone = false
            let output = unsafe [UInt8](unsafeUninitializedCapacity: bytes.count) { output, count in
                var written: Int32 = 0
                isDone =
                    unsafe EVP_CipherUpdate(
                        pointer, output.baseAddress, &written, bytes, Int32(bytes.count)) == 1
                count = isDone ? Int(written) : 0
            }
            var rest = [UInt8](repeating: 0, count: 16)
            var count: Int32 = 0
            guard isDone, unsafe EVP_CipherFinal_ex(pointer, &rest, &count) == 1 else { return nil }
            return output
        }

        borrowing func tag(_ count: Int) -> [UInt8]? {
            var tag = [UInt8](repeating: 0, count: count)
            let result = unsafe EVP_CIPHER_CTX_ctrl(
                pointer, EVP_CTRL_AEAD_GET_TAG, Int32(count), &tag)
            return result == 1 ? tag : nil
        }

        borrowing func expect(_ tag: [UInt8]) -> Bool {
            var tag = tag
            return unsafe EVP_CIPHER_CTX_ctrl(
                pointer, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1
        }
    }
}
