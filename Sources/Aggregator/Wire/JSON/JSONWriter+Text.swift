/// Appends a string as JSON, with its quotes.
///
/// Only what must be escaped is (RFC 8259 §7); what stands between is copied in runs.
package func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
    let source = text.utf8.span
    let first = escapee(in: source, from: 0)
    if first == source.count { return bytes.append(source, between: 0x22) }
    var at = first
    var run = 0  // Where the bytes that are not written yet begin.
    bytes.append(0x22)
    while at < source.count {
        bytes.append(source, run..<at)
        appendEscaped(source.byte(at), to: &bytes)
        run = at &+ 1
        at = escapee(in: source, from: run)
    }
    bytes.append(source, run..<source.count)
    bytes.append(0x22)
}

/// The offset of the next byte that must be escaped, or the end.
private func escapee(in source: Span<UInt8>, from start: Int) -> Int {
    var at = start
    while at < source.count {
        // The zeros that stand for what lies after the end are hits, too.
        let hits = escapees(in: source.word(at))
        if hits != 0 { return min(at &+ place(of: hits), source.count) }
        at &+= 8
    }
    return source.count
}

private func appendEscaped(_ byte: UInt8, to bytes: inout [UInt8]) {
    switch byte {
    case 0x22, 0x5C:
        bytes.append(0x5C)
        bytes.append(byte)
    default: appendControl(byte, to: &bytes)
    }
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
