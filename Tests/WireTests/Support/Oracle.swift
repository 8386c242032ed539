/// A second reader of JSON, as plain as can be: recursive and byte by byte, to compare with.
struct Oracle {
    private let bytes: [UInt8]
    private var at = 0

    /// Whether the bytes are one JSON text in UTF-8.
    static func accepts(_ bytes: [UInt8]) -> Bool {
        guard String(validating: bytes, as: UTF8.self) != nil else { return false }
        var oracle = Oracle(bytes: bytes)
        oracle.space()
        guard oracle.value(depth: 0) else { return false }
        oracle.space()
        return oracle.at == bytes.count
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var byte: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func take(_ text: String) -> Bool {
        let expected = Array(text.utf8)
        guard bytes[at...].starts(with: expected) else { return false }
        at += expected.count
        return true
    }

    private mutating func space() {
        while let byte, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { at += 1 }
    }

    private mutating func value(depth: Int) -> Bool {
        switch byte {
        case UInt8(ascii: "{"): depth < 512 && list("}", depth) { $0.member(depth + 1) }
        case UInt8(ascii: "["): depth < 512 && list("]", depth) { $0.value(depth: depth + 1) }
        case UInt8(ascii: "\""): string()
        case UInt8(ascii: "t"): take("true")
        case UInt8(ascii: "f"): take("false")
        case UInt8(ascii: "n"): take("null")
        default: number()
        }
    }

    private mutating func list(
        _ end: String, _ depth: Int, _ element: (inout Oracle) -> Bool
    ) -> Bool {
        at += 1
        space()
        if take(end) { return true }
        while true {
            space()
            guard element(&self) else { return false }
            space()
            if take(end) { return true }
            guard take(",") else { return false }
        }
    }

    private mutating func member(_ depth: Int) -> Bool {
        guard string() else { return false }
        space()
        guard take(":") else { return false }
        space()
        return value(depth: depth)
    }

    private mutating func string() -> Bool {
        guard take("\"") else { return false }
        while let byte {
            at += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case 0..<0x20: return false
            case UInt8(ascii: "\\"): guard escape() else { return false }
            default: break
            }
        }
        return false
    }

    private mutating func escape() -> Bool {
        guard let byte else { return false }
        at += 1
        if byte != UInt8(ascii: "u") { return Array("\"\\/bfnrt".utf8).contains(byte) }
        guard at + 4 <= bytes.count else { return false }
        defer { at += 4 }
        return bytes[at..<at + 4].allSatisfy {
            Character(Unicode.Scalar($0)).isHexDigit && $0 < 0x80
        }
    }

    private mutating func number() -> Bool {
        _ = take("-")
        if !take("0") { guard digits() else { return false } }
        if take(".") { guard digits() else { return false } }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard digits() else { return false }
        }
        return true
    }

    private mutating func digits() -> Bool {
        let start = at
        while let byte, (0x30...0x39).contains(byte) { at += 1 }
        return at > start
    }
}
