import Machine

/// Sixteen bytes as a UUID is written (RFC 9562, section 4).
package enum UUIDText {
    /// A random one (version 4).
    package static func random() -> String {
        var bytes = Randomness.bytes(16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        return text(bytes[...])
    }

    /// The first sixteen bytes as they are, whatever version they claim.
    package static func text(_ bytes: ArraySlice<UInt8>) -> String {
        var text = ""
        for (index, byte) in bytes.prefix(16).enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += Digest.hexadecimal([byte])
        }
        return text
    }
}
