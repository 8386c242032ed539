/// Lays compact JSON out for people.
package enum Layout {
    /// The same tokens on lines of their own; a line begins with `newline` and its indentation.
    package static func indented(
        _ compact: [UInt8], unit: [UInt8] = [0x20, 0x20], newline: [UInt8] = [0x0A]
    ) -> [UInt8] {
        var text: [UInt8] = []
        var depth = 0
        var isString = false
        var isEscaped = false
        func breakLine(_ depth: Int) {
            text += newline
            for _ in 0..<depth { text += unit }
        }
        for (index, byte) in compact.enumerated() {
            let isEmpty = index + 1 < compact.count && "]}".utf8.contains(compact[index + 1])
            switch byte {
            case _ where isString:
                text.append(byte)
                isString = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
            case UInt8(ascii: "\""):
                text.append(byte)
                isString = true
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                text.append(byte)
                depth += 1
                if !isEmpty { breakLine(depth) }
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                let wasEmpty = "[{".utf8.contains(text.last ?? 0)
                if !wasEmpty { breakLine(depth) }
                text.append(byte)
            case UInt8(ascii: ","):
                text.append(byte)
                breakLine(depth)
            case UInt8(ascii: ":"):
                text += [byte, UInt8(ascii: " ")]
            default:
                text.append(byte)
            }
        }
        return text
    }
}
