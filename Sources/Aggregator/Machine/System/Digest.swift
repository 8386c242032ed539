import CCrypto

/// Digests, from libcrypto.
package enum Digest {
    /// The 32 bytes of SHA-256 (FIPS 180-4).
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
            var context = SHA256_CTX()
            let isDone =
                unsafe SHA256_Init(&context) == 1
                && SHA256_Update(&context, bytes, bytes.count) == 1
                && SHA256_Final(digest.baseAddress, &context) == 1
            precondition(isDone, "libcrypto offers no SHA-256.")
            count = 32
        }
    }

    /// The same in 64 hexadecimal digits.
    package static func sha256Text(_ bytes: [UInt8]) -> String {
        sha256(bytes).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
