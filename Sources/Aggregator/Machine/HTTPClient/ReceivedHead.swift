/// The head of a response, gathered line by line; heads of interim responses (1xx) are passed over.
struct ReceivedHead {
    /// The most bytes of all heads of one response.
    static let limit = 256 * 1024

    /// The status; 0 before its line.
    private(set) var status = 0
    /// The fields so far.
    private(set) var fields = HTTPFields()
    /// Whether the head is complete; lines after that are trailers and are passed over.
    private(set) var isWhole = false
    private var bytes = 0

    /// Takes one line with its end; false when the heads are larger than they may be.
    mutating func take(_ line: [UInt8]) -> Bool {
        bytes += line.count
        guard bytes <= Self.limit else { return false }
        if isWhole { return true }
        let text = line.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
        if text.isEmpty {
            isWhole = status >= 200
        } else if text.starts(with: "HTTP/".utf8) {
            status = Self.status(text)
            fields = HTTPFields()
        } else if let first = text.first, Self.isBlank(first) {
            fields.extend(Self.trimmed(text))
        } else if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            fields.append(
                Self.trimmed(text[..<colon]), Self.trimmed(text[text.index(after: colon)...]))
        }
        return true
    }

    /// The number after the version (RFC 9112 §4); 0 where there is none.
    private static func status(_ line: ArraySlice<UInt8>) -> Int {
        let words = line.drop { $0 != UInt8(ascii: " ") }.drop { $0 == UInt8(ascii: " ") }
        var status = 0
        for byte in words.prefix(while: { $0 != UInt8(ascii: " ") }) {
            guard (0x30...0x39).contains(byte), status < 1_000_000 else { return 0 }
            status = status * 10 + Int(byte - 0x30)
        }
        return status
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        var bytes = bytes.drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}
