import CCrypto

/// Digests and codes, from libcrypto.
package enum Digest {
    /// The 32 bytes of SHA-256 (FIPS 180-4).
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] { SHA256(bytes).digest }

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
        HMACKey(key).code(of: bytes)
    }

    /// Bytes in hexadecimal digits, small letters.
    package static func hexadecimal(_ bytes: [UInt8]) -> String {
        String(decoding: digits(of: bytes), as: UTF8.self)
    }

    /// The same as bytes.
    package static func digits(of bytes: [UInt8]) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 2 * bytes.count) { digits, count in
            for byte in bytes {
                unsafe digits[count] = digit(byte >> 4)
                unsafe digits[count + 1] = digit(byte & 15)
                count += 2
            }
        }
    }

    private static func digit(_ number: UInt8) -> UInt8 {
        number < 10 ? UInt8(ascii: "0") + number : UInt8(ascii: "a") + number - 10
    }
}
