import CCrypto

/// Digests, from libcrypto; its first use in a process costs a millisecond or two.
package enum Digest {
    /// The 32 bytes of SHA-256 (FIPS 180-4).
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
            var length: UInt32 = 0
            let result = unsafe EVP_Digest(
                bytes, bytes.count, digest.baseAddress, &length, EVP_sha256(), nil)
            precondition(result == 1 && length == 32, "libcrypto offers no SHA-256.")
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
