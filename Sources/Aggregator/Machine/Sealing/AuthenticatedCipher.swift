import CCrypto

/// AES-256-GCM (NIST SP 800-38D), for keys that are used for one message only.
enum AuthenticatedCipher {
    private static let tagCount = 16
    /// The nonce, which only has to differ between messages under one key: there are none.
    private static let nonce = [UInt8](repeating: 0, count: 12)

    /// The encrypted bytes and the tag of 16 bytes that vouches for them and for `associated`.
    static func seal(_ plain: [UInt8], key: [UInt8], associated: [UInt8]) -> [UInt8] {
        let context = Context(key, isSealing: true)
        guard context.associate(associated), var sealed = context.process(plain),
            context.finish(), let tag = context.tag(tagCount)
        else { preconditionFailure("libcrypto offers no AES-256-GCM.") }
        sealed += tag
        return sealed
    }

    /// What was sealed; nil when the key, the bytes or `associated` are others.
    ///
    /// libcrypto compares the tags in constant time.
    static func open(_ sealed: [UInt8], key: [UInt8], associated: [UInt8]) -> [UInt8]? {
        guard sealed.count >= tagCount else { return nil }
        let context = Context(key, isSealing: false)
        guard context.expect(Array(sealed.suffix(tagCount))), context.associate(associated),
            let plain = context.process(Array(sealed.dropLast(tagCount))), context.finish()
        else { return nil }
        return plain
    }

    /// libcrypto's state for one message.
    @safe private struct Context: ~Copyable {
        private let pointer: OpaquePointer

        init(_ key: [UInt8], isSealing: Bool) {
            precondition(key.count == 32, "AES-256 has keys of 32 bytes.")
            guard let pointer = unsafe EVP_CIPHER_CTX_new() else {
                preconditionFailure("There is no memory left.")
            }
            unsafe self.pointer = pointer
            let result = unsafe EVP_CipherInit_ex(
                pointer, EVP_aes_256_gcm(), nil, key, nonce, isSealing ? 1 : 0)
            precondition(result == 1, "libcrypto offers no AES-256-GCM.")
        }

        deinit { unsafe EVP_CIPHER_CTX_free(pointer) }

        borrowing func associate(_ bytes: [UInt8]) -> Bool {
            var count: Int32 = 0
            return unsafe EVP_CipherUpdate(pointer, nil, &count, bytes, Int32(bytes.count)) == 1
        }

        borrowing func process(_ bytes: [UInt8]) -> [UInt8]? {
            var isDone = false
            let output = unsafe [UInt8](unsafeUninitializedCapacity: bytes.count) { output, count in
                var written: Int32 = 0
                isDone =
                    unsafe bytes.isEmpty
                    || EVP_CipherUpdate(
                        pointer, output.baseAddress, &written, bytes, Int32(bytes.count)) == 1
                count = Int(written)
            }
            return isDone ? output : nil
        }

        /// Ends the message; false when its tag is not the expected one.
        borrowing func finish() -> Bool {
            var rest = [UInt8](repeating: 0, count: 16)
            var count: Int32 = 0
            return unsafe EVP_CipherFinal_ex(pointer, &rest, &count) == 1
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
