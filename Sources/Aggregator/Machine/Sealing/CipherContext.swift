import CCrypto

/// libcrypto's state for one message under an authenticated cipher.
@safe struct CipherContext: ~Copyable {
    private let pointer: OpaquePointer
    private let cipher: OpaquePointer

    /// The state before the first byte.
    ///
    /// libcrypto has to offer the cipher of this name, with a key and a nonce of its lengths.
    init(_ name: String, key: [UInt8], nonce: [UInt8]? = nil, isSealing: Bool) {
        guard let pointer = unsafe EVP_CIPHER_CTX_new(),
            let cipher = unsafe EVP_CIPHER_fetch(nil, name, nil)
        else { preconditionFailure("libcrypto offers no \(name).") }
        unsafe self.pointer = pointer
        unsafe self.cipher = cipher
        precondition(unsafe Int(EVP_CIPHER_get_key_length(cipher)) == key.count)
        let direction: Int32 = isSealing ? 1 : 0
        let result =
            if let nonce {
                unsafe EVP_CipherInit_ex(pointer, cipher, nil, key, nonce, direction)
            } else {
                unsafe EVP_CipherInit_ex(pointer, cipher, nil, key, nil, direction)
            }
        precondition(result == 1, "libcrypto offers no \(name).")
    }

    deinit {
        unsafe EVP_CIPHER_CTX_free(pointer)
        unsafe EVP_CIPHER_free(cipher)
    }

    /// Takes in what is vouched for and not encrypted.
    borrowing func associate(_ bytes: [UInt8]) -> Bool {
        var count: Int32 = 0
        return unsafe EVP_CipherUpdate(pointer, nil, &count, bytes, Int32(bytes.count)) == 1
    }

    /// The other form of the message, which is all of it.
    borrowing func process(_ bytes: [UInt8]) -> [UInt8]? {
        var isDone = false
        let output = unsafe [UInt8](unsafeUninitializedCapacity: bytes.count) { output, count in
            var written: Int32 = 0
            isDone =
                unsafe bytes.isEmpty
                || EVP_CipherUpdate(
                    pointer, output.baseAddress, &written, bytes, Int32(bytes.count)) == 1
            count = isDone ? Int(written) : 0
        }
        return isDone ? output : nil
    }

    /// Ends the message; false when its tag is not the expected one, which libcrypto compares in
    /// constant time.
    borrowing func finish() -> Bool {
        var rest = [UInt8](repeating: 0, count: 16)
        var count: Int32 = 0
        return unsafe EVP_CipherFinal_ex(pointer, &rest, &count) == 1
    }

    /// The tag of a message that was sealed.
    borrowing func tag(_ count: Int) -> [UInt8]? {
        var tag = [UInt8](repeating: 0, count: count)
        let result = unsafe EVP_CIPHER_CTX_ctrl(
            pointer, EVP_CTRL_AEAD_GET_TAG, Int32(count), &tag)
        return result == 1 ? tag : nil
    }

    /// Says which tag the message has to have.
    borrowing func expect(_ tag: [UInt8]) -> Bool {
        var tag = tag
        return unsafe EVP_CIPHER_CTX_ctrl(
            pointer, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1
    }
}
