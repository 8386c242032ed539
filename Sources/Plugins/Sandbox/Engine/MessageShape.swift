/// The fixed words of a message and the places where it has something else.
struct MessageShape: Sendable {
    private enum Piece {
        case text([UInt8])
        /// The name of a kind of value.
        case kind

        /// The most bytes that it can be.
        var longest: Int {
            switch self {
            case .text(let words): words.count
            case .kind: "boolean".utf8.count
            }
        }
    }

    private static let kinds = ["null", "boolean", "number", "string", "array", "object"]
        .map { Array($0.utf8) }

    /// What stands before, between and behind the values.
    private let chunks: [[Piece]]
    /// Whether values in parentheses are left out together with them.
    private let dropsParentheses: Bool

    /// A shape in which '#' is the name of a kind and '*' a value.
    init(_ pattern: String) {
        chunks = pattern.utf8.split(
            separator: UInt8(ascii: "*"), omittingEmptySubsequences: false
        ).map(Self.pieces)
        dropsParentheses = true
    }

    /// A text into which values are put where it is cut.
    init(texts: [[UInt8]]) {
        chunks = texts.map { [.text($0)] }
        dropsParentheses = false
    }

    private static func pieces(_ chunk: Substring.UTF8View) -> [Piece] {
        let texts = chunk.split(separator: UInt8(ascii: "#"), omittingEmptySubsequences: false)
        return Array(texts.map { [Piece.text(Array($0))] }.joined(separator: [.kind]))
    }

    /// The message with '…' for its values, but for those which `isKnown`; nil when it has another
    /// shape.
    func said(of message: [UInt8], where isKnown: ([UInt8]) -> Bool) -> String? {
        guard let first = chunks.first, var (said, at) = Self.match(first, message[...]) else {
            return nil
        }
        for (index, chunk) in chunks.enumerated().dropFirst() {
            let isLast = index == chunks.count - 1
            guard let found = Self.find(chunk, in: message[at...], toEnd: isLast) else {
                return nil
            }
            let value = Array(message[at..<found.start])
            said += (isKnown(value) ? value : Array("…".utf8)) + found.said
            at = found.end
        }
        guard at == message.endIndex else { return nil }
        let text = String(decoding: said, as: UTF8.self)
        return dropsParentheses ? Self.withoutParentheses(text) : text
    }

    /// Whether a message has this shape.
    func fits(_ message: [UInt8]) -> Bool { said(of: message) { _ in false } != nil }

    private static func withoutParentheses(_ text: String) -> String {
        var text = text
        while let range = text.firstRange(of: " (…)") { text.removeSubrange(range) }
        return text
    }

    /// Where a chunk comes first, or where it is the end.
    private static func find(
        _ chunk: [Piece], in rest: ArraySlice<UInt8>, toEnd: Bool
    ) -> (start: Int, said: [UInt8], end: Int)? {
        // What has to be the end is not looked for in all of a long message.
        let longest = chunk.reduce(0) { $0 + $1.longest }
        let first = toEnd ? max(rest.startIndex, rest.endIndex - longest) : rest.startIndex
        for start in first...rest.endIndex {
            guard let (said, end) = match(chunk, rest[start...]), !toEnd || end == rest.endIndex
            else { continue }
            return (start, said, end)
        }
        return nil
    }

    /// What a chunk says at the beginning of a text, and where it ends.
    private static func match(
        _ chunk: [Piece], _ text: ArraySlice<UInt8>
    ) -> (said: [UInt8], end: Int)? {
        var (said, rest): ([UInt8], ArraySlice<UInt8>) = ([], text)
        for piece in chunk {
            let known: [UInt8]? =
                switch piece {
                case .text(let words): rest.starts(with: words) ? words : nil
                case .kind: kinds.first(where: rest.starts)
                }
            guard let known else { return nil }
            said += known
            rest = rest.dropFirst(known.count)
        }
        return (said, rest.startIndex)
    }
}
