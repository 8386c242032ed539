import CCrypto
import Synchronization

/// A private key that signs tokens with RS256 (RFC 7518, section 3.3), and its public half.
///
/// `@unchecked Sendable`: libcrypto's key is not changed once it is made, and may then be used by
/// several threads.
@safe package final class RSAKey: @unchecked Sendable {
    private let key: OpaquePointer

    private init(_ key: OpaquePointer) { unsafe self.key = key }

    deinit { unsafe EVP_PKEY_free(key) }

    /// A new key of 2048 bits, which takes about a tenth of a second.
    package static func make() -> RSAKey {
        guard let key = unsafe crypto_make_rsa_key() else {
            preconditionFailure("libcrypto makes no RSA key.")
        }
        return unsafe RSAKey(key)
    }

    /// The signature of these bytes.
    package func sign(_ bytes: [UInt8]) -> [UInt8] {
        let context = Context()
        var count = 0
        var isDone =
            unsafe EVP_DigestSignInit(context.pointer, nil, EVP_sha256(), nil, key) == 1
            && EVP_DigestSign(context.pointer, nil, &count, bytes, bytes.count) == 1
        var signature = [UInt8](repeating: 0, count: count)
        isDone =
            unsafe isDone
            && EVP_DigestSign(context.pointer, &signature, &count, bytes, bytes.count) == 1
        precondition(isDone, "libcrypto offers no RS256.")
        return Array(signature.prefix(count))
    }

    /// Whether this key has signed these bytes.
    package func isSignature(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
        let context = Context()
        return unsafe EVP_DigestVerifyInit(context.pointer, nil, EVP_sha256(), nil, key) == 1
            && EVP_DigestVerify(
                context.pointer, signature, signature.count, bytes, bytes.count) == 1
    }

    /// The public modulus, most significant byte first.
    package var modulus: [UInt8] { number("n") }

    /// The public exponent, most significant byte first.
    package var exponent: [UInt8] { number("e") }

    private func number(_ name: String) -> [UInt8] {
        var number: OpaquePointer?
        guard unsafe EVP_PKEY_get_bn_param(key, name, &number) == 1, let found = unsafe number
        else { preconditionFailure("libcrypto does not show an RSA key.") }
        defer { unsafe BN_free(found) }
        var bytes = [UInt8](repeating: 0, count: Int(unsafe BN_num_bits(found) + 7) / 8)
        _ = unsafe BN_bn2bin(found, &bytes)
        return bytes
    }

    /// libcrypto's state for one signature.
    @safe private struct Context: ~Copyable {
        let pointer: OpaquePointer

        init() {
            guard let pointer = unsafe EVP_MD_CTX_new() else {
                preconditionFailure("There is no memory left.")
            }
            unsafe self.pointer = pointer
        }

        deinit { unsafe EVP_MD_CTX_free(pointer) }
    }
}
