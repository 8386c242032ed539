/// Names of members and keys whose values are nobody's business.
package enum SecretName {
    /// What such names end with, in small letters without `-`, `_`, `.` and spaces.
    private static let ends = [
        "authorization", "token", "password", "passwords", "passwd", "passphrase", "secret",
        "secrets", "sealingkeys", "apikey", "apikeys", "privatekey", "secretkey", "accesskey",
        "signingkey",
        "cookie", "cookies", "credential", "credentials", "bearer", "jwt",
    ].map { Array($0.utf8) }

    /// Names that end so and hold no secret: places in a list, marks of the protocol.
    private static let harmless = ["progresstoken", "pagetoken", "nexttoken", "continuationtoken"]
        .map { Array($0.utf8) }

    /// Whether a name looks as if its value were a secret, whatever its case and spelling.
    package static func fits(_ name: String) -> Bool {
        var plain: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: " "): break
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): plain.append(byte | 0x20)
            default: plain.append(byte)
            }
        }
        return ends.contains { end(plain, $0) } && !harmless.contains { end(plain, $0) }
    }

    private static func end(_ name: [UInt8], _ end: [UInt8]) -> Bool {
        name.last == end.last && name.count >= end.count
            && name.suffix(end.count).elementsEqual(end)
    }
}
