import CCrypto

/// Digests and codes, from libcrypto; the first code in a process costs a millisecond or two.
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
    package static func sha256Text(_ bytes: [UInt8]) -> String { hexadecimal(sha256(bytes)) }

    /// The 40 hexadecimal digits of SHA-1 (FIPS 180-4): for names that others chose, not for security.
    package static func sha1Text(_ bytes: [UInt8]) -> String {
        var digest = [UInt8](repeating: 0, count: 20)
        _ = unsafe SHA1(bytes, bytes.count, &digest)
        return hexadecimal(digest)
    }

    /// The 32 bytes of HMAC-SHA256 (RFC 2104): a code that only who knows the key can make.
    package static func hmac(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 32) { code, count in
            var length: UInt32 = 0
            let result = unsafe HMAC(
                EVP_sha256(), key, Int32(key.count), bytes, bytes.count, code.baseAddress, &length)
            precondition(unsafe result != nil && length == 32, "libcrypto offers no HMAC.")
            count = 32
        }
    }

    /// Bytes in hexadecimal digits, small letters.
    package static func hexadecimal(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(2 * bytes.count)
        for byte in bytes {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func digit(_ number: UInt8) -> UInt8 {
        number < 10 ? UInt8(ascii: "0") + number : UInt8(ascii: "a") + number - 10
    }
}
