/// Percent-encoding as URLs and signatures want it: everything but the unreserved characters (RFC 3986,
/// section 2.3), with capital digits.
package enum PercentEncoding {
    /// The encoded text; the characters of `sparing` stay as they are, too.
    package static func encode(_ text: String, sparing: String = "") -> String {
        var encoded: [UInt8] = []
        append(text.utf8, to: &encoded, sparing: sparing)
        return String(decoding: encoded, as: UTF8.self)
    }

    /// Appends bytes encoded.
    package static func append(
        _ bytes: some Sequence<UInt8>, to encoded: inout [UInt8], sparing: String = ""
    ) {
        for byte in bytes {
            if isUnreserved(byte) || sparing.utf8.contains(byte) {
                encoded.append(byte)
            } else {
                encoded.append(UInt8(ascii: "%"))
                encoded.append(digit(byte >> 4))
                encoded.append(digit(byte & 15))
            }
        }
    }

    private static func digit(_ number: UInt8) -> UInt8 {
        number < 10 ? UInt8(ascii: "0") + number : UInt8(ascii: "A") + number - 10
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
