/// AES-256-GCM (NIST SP 800-38D), for keys that are used for one message only.
enum AuthenticatedCipher {
    private static let name = "AES-256-GCM"
    private static let tagCount = 16
    /// The nonce, which only has to differ between messages under one key: there are none.
    private static let nonce = [UInt8](repeating: 0, count: 12)

    /// The encrypted bytes and the tag of 16 bytes that vouches for them and for `associated`.
    static func seal(_ plain: [UInt8], key: [UInt8], associated: [UInt8]) -> [UInt8] {
        let context = CipherContext(name, key: key, nonce: nonce, isSealing: true)
        guard context.associate(associated), var sealed = context.process(plain),
            context.finish(), let tag = context.tag(tagCount)
        else { preconditionFailure("libcrypto offers no AES-256-GCM.") }
        sealed += tag
        return sealed
    }

    /// What was sealed; nil when the key, the bytes or `associated` are others.
    static func open(_ sealed: [UInt8], key: [UInt8], associated: [UInt8]) -> [UInt8]? {
        guard sealed.count >= tagCount else { return nil }
        let context = CipherContext(name, key: key, nonce: nonce, isSealing: false)
        guard context.expect(Array(sealed.suffix(tagCount))), context.associate(associated),
            let plain = context.process(Array(sealed.dropLast(tagCount))), context.finish()
        else { return nil }
        return plain
    }
}
