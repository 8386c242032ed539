/// Lays compact JSON out for people.
enum Layout {
    /// The same tokens on lines of their own, indented by two spaces, with a final line break.
    static func indented(_ compact: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        var depth = 0
        var isString = false
        var isEscaped = false
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
                if !isEmpty { breakLine(&text, depth) }
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                let wasEmpty = "[{".utf8.contains(text.last ?? 0)
                if !wasEmpty { breakLine(&text, depth) }
                text.append(byte)
            case UInt8(ascii: ","):
                text.append(byte)
                breakLine(&text, depth)
            case UInt8(ascii: ":"):
                text += [byte, UInt8(ascii: " ")]
            default:
                text.append(byte)
            }
        }
        return text + [UInt8(ascii: "\n")]
    }

    private static func breakLine(_ text: inout [UInt8], _ depth: Int) {
        text.append(UInt8(ascii: "\n"))
        text += repeatElement(UInt8(ascii: " "), count: depth * 2)
    }
}
