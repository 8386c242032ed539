/// How a sealed value is written where a server reads it: `mtk_`, small consonants, `_`.
///
/// It survives in a URL, in an identifier and in a sentence, and no pattern of digits or addresses finds
/// anything in it. The line at its end says where it ends, whatever follows.
enum Token {
    private static let head = Array("mtk_".utf8)
    private static let tail = UInt8(ascii: "_")
    private static let alphabet = Array("bcdfghjklmnpqrst".utf8)

    /// The token of some bytes.
    static func write(_ bytes: [UInt8]) -> [UInt8] {
        head + bytes.flatMap { [alphabet[Int($0 >> 4)], alphabet[Int($0 & 15)]] } + [tail]
    }

    /// Every token in a text, from front to back, with its bytes.
    static func find(in text: [UInt8]) -> [(Range<Int>, [UInt8])] {
        var found: [(Range<Int>, [UInt8])] = []
        var at = 0
        while let start = begin(in: text, from: at) {
            var end = start + head.count
            var bytes: [UInt8] = []
            while end + 1 < text.count, let high = digit(text[end]),
                let low = digit(text[end + 1])
            {
                bytes.append(high << 4 | low)
                end += 2
            }
            at = end
            guard end < text.count, text[end] == tail, !bytes.isEmpty else { continue }
            found.append((start..<end + 1, bytes))
            at = end + 1
        }
        return found
    }

    private static func begin(in text: [UInt8], from start: Int) -> Int? {
        var at = start
        while at + head.count <= text.count {
            if text[at] == head[0], text[at..<at + head.count].elementsEqual(head) { return at }
            at += 1
        }
        return nil
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        alphabet.firstIndex(of: byte).map { UInt8($0) }
    }
}
