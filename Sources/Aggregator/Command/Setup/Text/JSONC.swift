import Wire

/// JSON as editors keep it: with comments and trailing commas.
///
/// Both are overwritten with spaces, so that every offset of the value is one of the original.
struct JSONC {
    /// The bytes as they came.
    let original: [UInt8]
    /// The document; its bytes are the original's without comments and trailing commas.
    let root: Value
    /// Where the trailing commas were.
    let trailingCommas: [Int]

    /// Reads a document, which must be an object.
    init(_ bytes: [UInt8]) throws(SetupFailure) {
        var eraser = Eraser(bytes: bytes)
        eraser.run()
        original = bytes
        trailingCommas = eraser.trailing
        do throws(Rejection) {
            root = try Value(validating: eraser.bytes)
        } catch {
            let place = error.offset.map { "line \(Self.line(of: $0, in: bytes)): " } ?? ""
            throw SetupFailure("could not read the file as JSON: \(place)\(error.reason)")
        }
        guard root.kind == .object else {
            throw SetupFailure("could not use the file: it is not a JSON object")
        }
    }

    /// The number of the line that a byte is in, from 1.
    private static func line(of offset: Int, in bytes: [UInt8]) -> Int {
        bytes.prefix(offset).count { $0 == 0x0A } + 1
    }

    /// Whether a text has nothing but white space and comments.
    static func isBlank(_ bytes: [UInt8]) -> Bool {
        var eraser = Eraser(bytes: bytes)
        eraser.run()
        return eraser.bytes.allSatisfy(\.isSpace)
    }
}

/// The pass that overwrites what JSON does not have.
private struct Eraser {
    var bytes: [UInt8]
    var trailing: [Int] = []
    private var at = 0
    /// The comma after which nothing but white space and comments has come.
    private var comma: Int?

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func run() {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { erase(0..<3) }
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""): skipString()
            case UInt8(ascii: "/"): skipComment()
            case UInt8(ascii: ","): comma = at
            case UInt8(ascii: "]"), UInt8(ascii: "}"): closeBracket()
            case let byte where byte.isSpace: break
            default: comma = nil
            }
            at += 1
        }
    }

    private mutating func skipString() {
        comma = nil
        at += 1
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
            at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
        }
    }

    private mutating func skipComment() {
        let rest = bytes[at...]
        if rest.starts(with: "//".utf8) {
            let end = rest.firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.count
            erase(at..<end)
        } else if rest.starts(with: "/*".utf8) {
            let end = bytes.indices.dropFirst(at + 2).first { bytes[$0...].starts(with: "*/".utf8) }
            erase(at..<(end.map { $0 + 2 } ?? bytes.count))
        } else {
            comma = nil
        }
    }

    private mutating func closeBracket() {
        if let comma {
            erase(comma..<comma + 1)
            trailing.append(comma)
        }
        comma = nil
    }

    /// Line breaks stay, so that lines keep their numbers.
    private mutating func erase(_ range: Range<Int>) {
        for index in range where bytes[index] != 0x0A && bytes[index] != 0x0D {
            bytes[index] = UInt8(ascii: " ")
        }
        at = max(at, range.upperBound - 1)
    }
}

extension UInt8 {
    /// JSON's white space.
    var isSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }
}
