/// The framing of a body whose length nobody knows when it begins (RFC 9112 §7.1).
package enum Chunk {
    /// Appends one chunk with everything that `body` appends; nothing when that is nothing, since an
    /// empty chunk would be the last.
    ///
    /// The size has a fixed number of digits, so that it can be filled in afterwards and the data is
    /// written in its place at once.
    package static func append(to bytes: inout [UInt8], _ body: (inout [UInt8]) -> Void) {
        let start = bytes.count
        bytes.append(contentsOf: "00000000\r\n".utf8)
        let data = bytes.count
        body(&bytes)
        let size = bytes.count - data
        precondition(size >= 0 && size <= UInt32.max, "A writer may only append.")
        guard size > 0 else {
            bytes.removeLast(data - start)
            return
        }
        for place in 0..<8 {
            let digit = UInt8(size >> (4 * (7 - place)) & 0xF)
            bytes[start + place] = digit < 10 ? 0x30 + digit : 0x57 + digit
        }
        bytes.append(contentsOf: "\r\n".utf8)
    }

    /// Appends what ends the body.
    package static func appendLast(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "0\r\n\r\n".utf8)
    }
}
