/// Appends a string as JSON, with its quotes.
///
/// Only what must be escaped is (RFC 8259 §7).
package func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(0x22)
    for byte in text.utf8 {
        switch byte {
        case 0x22, 0x5C: bytes.append(contentsOf: [0x5C, byte])
        case 0x00..<0x20: appendControl(byte, to: &bytes)
        default: bytes.append(byte)
        }
    }
    bytes.append(0x22)
}

private func appendControl(_ byte: UInt8, to bytes: inout [UInt8]) {
    func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
    bytes.append(0x5C)
    switch byte {
    case 0x08: bytes.append(0x62)
    case 0x09: bytes.append(0x74)
    case 0x0A: bytes.append(0x6E)
    case 0x0C: bytes.append(0x66)
    case 0x0D: bytes.append(0x72)
    default:
        bytes.append(contentsOf: "u00".utf8)
        bytes.append(digit(byte >> 4))
        bytes.append(digit(byte & 0x0F))
    }
}

extension Value {
    /// Appends the value without the white space between its tokens.
    func appendCompact(to output: inout [UInt8]) {
        let source = bytes.span
        var at = lower
        var run = lower  // Where the bytes that are not written yet begin.
        while at < upper {
            switch source.byte(at) {
            case 0x22:
                at = skipString(source, from: at + 1)
            case 0x20, 0x09, 0x0A, 0x0D:
                output.append(contentsOf: bytes[run..<at])
                at += 1
                run = at
            default:
                at += 1
            }
        }
        output.append(contentsOf: bytes[run..<upper])
    }
}
