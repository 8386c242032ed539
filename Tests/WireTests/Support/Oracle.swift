/// A second reader of JSON, as plain as can be: recursive and byte by byte, to compare with.
struct Oracle {
    /// The sentence that a rejection says of what is wrong.
    struct Mistake: Error {
        let reason: String

        init(_ what: String, _ at: Int) { reason = "\(what) at offset \(at)." }

        init(reason: String) { self.reason = reason }
    }

    private let bytes: [UInt8]
    private let depthLimit: Int
    private var at = 0

    /// Whether the bytes are one JSON text in UTF-8.
    static func accepts(_ bytes: [UInt8]) -> Bool { mistake(in: bytes) == nil }

    /// The first thing that is wrong with the bytes; nil when they are one JSON text in UTF-8.
    static func mistake(in bytes: [UInt8], depthLimit: Int = 512) -> String? {
        var oracle = Oracle(bytes: bytes, depthLimit: depthLimit)
        do throws(Mistake) {
            oracle.space()
            try oracle.value(depth: 0)
            oracle.space()
            guard oracle.at == bytes.count else {
                throw Mistake("Something follows the message", oracle.at)
            }
            return nil
        } catch {
            return error.reason
        }
    }

    private init(bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    private var byte: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func take(_ text: String) -> Bool {
        guard bytes[at...].starts(with: text.utf8) else { return false }
        at += text.utf8.count
        return true
    }

    private mutating func space() {
        while let byte, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { at += 1 }
    }

    private mutating func value(depth: Int) throws(Mistake) {
        switch byte {
        case UInt8(ascii: "{"):
            try list("}", depth) { oracle throws(Mistake) in try oracle.member(depth + 1) }
        case UInt8(ascii: "["):
            try list("]", depth) { oracle throws(Mistake) in try oracle.value(depth: depth + 1) }
        case UInt8(ascii: "\""):
            try string()
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            guard take("true") || take("false") || take("null") else {
                throw Mistake(reason: "The word at offset \(at) is not true, false or null.")
            }
        case let byte? where Array("-0123456789".utf8).contains(byte):
            try number()
        default:
            throw Mistake("A JSON value was expected", at)
        }
    }

    private mutating func list(
        _ end: String, _ depth: Int, _ element: (inout Oracle) throws(Mistake) -> Void
    ) throws(Mistake) {
        guard depth < depthLimit else { throw Mistake("The message is nested too deeply", at) }
        at += 1
        space()
        if take(end) { return }
        while true {
            space()
            try element(&self)
            space()
            if take(end) { return }
            guard take(",") else { throw Mistake("A comma or a closing bracket was expected", at) }
        }
    }

    private mutating func member(_ depth: Int) throws(Mistake) {
        guard byte == UInt8(ascii: "\"") else {
            throw Mistake("A member name in quotes was expected", at)
        }
        try string()
        space()
        guard take(":") else { throw Mistake("A colon was expected", at) }
        space()
        try value(depth: depth)
    }

    private mutating func string() throws(Mistake) {
        at += 1
        while let byte {
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                return
            case 0..<0x20: throw Mistake("A control character is not escaped", at)
            case UInt8(ascii: "\\"): try escape()
            case 0x20..<0x80: at += 1
            default: try character()
            }
        }
        throw Mistake(reason: "The string is not closed at offset \(at), the end of the message.")
    }

    /// One character outside ASCII: the fewest bytes that the standard library takes for text.
    private mutating func character() throws(Mistake) {
        for length in 2...4 where at + length <= bytes.count {
            if String(validating: bytes[at..<at + length], as: UTF8.self) != nil {
                at += length
                return
            }
        }
        throw Mistake("The bytes are not UTF-8", at)
    }

    private mutating func escape() throws(Mistake) {
        let digits = bytes[at...].dropFirst(2).prefix(4)
        let isUnit =
            digits.count == 4
            && digits.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit && $0 < 0x80 }
        switch bytes[at...].dropFirst().first {
        case UInt8(ascii: "u") where isUnit: at += 6
        case let byte? where Array("\"\\/bfnrt".utf8).contains(byte): at += 2
        default: throw Mistake("The escape sequence is malformed", at)
        }
    }

    private mutating func number() throws(Mistake) {
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
    }

    private mutating func digits() throws(Mistake) {
        let start = at
        while let byte, (0x30...0x39).contains(byte) { at += 1 }
        guard at > start else { throw Mistake("The number is malformed", at) }
    }
}
