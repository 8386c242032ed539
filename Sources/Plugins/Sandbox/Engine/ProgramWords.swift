import Wire

/// The texts and names that stand in a program: what its author said, and no document can have said.
struct ProgramWords {
    /// Each text, in parts where something is put into it.
    private(set) var texts: Set<[[UInt8]]> = []
    /// What fields, functions and whole texts are called.
    private(set) var names: Set<[UInt8]> = []

    private let bytes: [UInt8]
    private var at = 0
    /// The texts around the place, as far as they are read, and the parentheses open in each.
    private var open: [(parts: [[UInt8]], depth: Int)] = []

    /// What stands in these programs, each of which compiles.
    init(_ programs: [String]) {
        bytes = Array(programs.joined(separator: "\n").utf8)
        while at < bytes.count { step() }
        for text in texts where text.count == 1 { names.formUnion(text) }
    }

    private mutating func step() {
        switch bytes[at] {
        case UInt8(ascii: "#"):
            while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
        case UInt8(ascii: "\""):
            at += 1
            text([])
        case UInt8(ascii: "("):
            at += 1
            if !open.isEmpty { open[open.count - 1].depth += 1 }
        case UInt8(ascii: ")"):
            at += 1
            close()
        case let byte where byte.isInWords:
            let start = at
            while at < bytes.count, bytes[at].isInWords { at += 1 }
            // The numbers of a program are in documents, too.
            let isNumber = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[start])
            if !isNumber { names.insert(Array(bytes[start..<at])) }
        default: at += 1
        }
    }

    /// The end of what is put into a text leads back into it.
    private mutating func close() {
        guard let last = open.last else { return }
        guard last.depth == 0 else { return open[open.count - 1].depth -= 1 }
        open.removeLast()
        text(last.parts)
    }

    /// Goes on in a text to its end, or to where something is put into it.
    private mutating func text(_ parts: [[UInt8]]) {
        let start = at
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
            guard bytes[at] == UInt8(ascii: "\\") else {
                at += 1
                continue
            }
            if bytes[at...].dropFirst().first == UInt8(ascii: "(") {
                let part = Self.unescaped(bytes[start..<at])
                at += 2
                return open.append((parts + [part], 0))
            }
            at += 2
        }
        at = min(at, bytes.count)
        texts.insert(parts + [Self.unescaped(bytes[start..<at])])
        at += 1
    }

    /// What a part of a text means; jq takes control characters as they are.
    private static func unescaped(_ part: ArraySlice<UInt8>) -> [UInt8] {
        var json = [UInt8(ascii: "\"")]
        for byte in part {
            guard byte < 0x20 else {
                json.append(byte)
                continue
            }
            json += Array((byte < 0x10 ? "\\u000" : "\\u00").utf8)
            json += Array(String(byte, radix: 16).utf8)
        }
        json.append(UInt8(ascii: "\""))
        return (try? Value(validating: json))?.text ?? Array(part)
    }
}
