/// How a text that a message holds is repeated in a header (MCP 2026-07-28, "Standard headers"): as
/// it is when it is visible ASCII, else as Base64 of its UTF-8 between two marks.
package enum HeaderText {
    private static let start = Array("=?base64?".utf8)
    private static let end = Array("?=".utf8)

    /// The value of the header that says `text`, which is UTF-8.
    package static func encode(_ text: [UInt8]) -> [UInt8] {
        isPlain(text) ? text : start + Array(Base64.encode(text).utf8) + end
    }

    /// The text that a header says; nil when it is marked as Base64 and is none.
    package static func decode(_ value: [UInt8]) -> [UInt8]? {
        guard isMarked(value) else { return value }
        let digits = value[start.count..<(value.count - end.count)]
        guard let text = Base64.decode(Array(digits)),
            // Two readers must not read two texts: only what an encoder writes is read.
            Base64.encode(text).utf8.elementsEqual(digits)
        else { return nil }
        return text
    }

    /// Whether a text can stand for itself: no blanks at its edges, and nothing that looks marked.
    private static func isPlain(_ text: [UInt8]) -> Bool {
        guard text.allSatisfy({ 0x20...0x7E ~= $0 }), text.first != 0x20, text.last != 0x20 else {
            return false
        }
        return !isMarked(text)
    }

    private static func isMarked(_ value: [UInt8]) -> Bool {
        value.count >= start.count + end.count && value.starts(with: start)
            && value.suffix(end.count).elementsEqual(end)
    }
}
