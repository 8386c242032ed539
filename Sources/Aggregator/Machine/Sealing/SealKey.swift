import Wire

/// A master key for sealing: 32 bytes that nobody can guess.
package struct SealKey: Sendable {
    /// The bytes.
    let bytes: [UInt8]
    /// Leads every token, so that the right one of several keys is taken; tells nothing of the key.
    let id: [UInt8]

    private init(_ bytes: [UInt8], id: [UInt8]) {
        self.bytes = bytes
        self.id = id
    }

    /// A key for the life of this process.
    ///
    /// Its id is as random: a digest would take the time and the memory of OpenSSL's start, in
    /// processes that may never seal anything.
    package static func random() -> SealKey {
        SealKey(Randomness.bytes(32), id: Randomness.bytes(4))
    }

    /// A key from a configuration: 32 bytes in hexadecimal or base64.
    ///
    /// Throws `.unusable` without repeating the text.
    package init(_ text: String) throws(MachineFailure) {
        let digits = text.filter { !$0.isWhitespace }
        guard let bytes = Self.hexadecimal(digits) ?? Base64.decode(Array(digits.utf8)),
            bytes.count == 32
        else {
            throw MachineFailure(
                .unusable,
                """
                Could not use a key for sealing: it must be 32 bytes in base64 or hexadecimal. \
                'openssl rand -base64 32' makes one.
                """)
        }
        self.init(bytes, id: Array(Digest.hmac(key: bytes, Array("key id".utf8)).prefix(4)))
    }

    private static func hexadecimal(_ text: String) -> [UInt8]? {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == 64, text.utf8.count == 64 else { return nil }
        return stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
