import Wire

/// Two texts that differ, cut to what differs where they are long.
struct StringPair {
    /// Both as JSON on one line.
    let shown: (String, String)

    /// Texts up to this many characters are shown whole.
    private static let whole = 160
    /// How much that stays is shown on either side of what does not.
    private static let around = 30
    /// How much of one text is shown at most.
    private static let most = 2000

    /// Two texts, and how they are spelled as JSON.
    init(_ old: [UInt8], _ new: [UInt8], _ oldSpelling: String, _ newSpelling: String) {
        guard max(old.count, new.count) > Self.whole else {
            shown = (oldSpelling, newSpelling)
            return
        }
        let before = Array(String(decoding: old, as: UTF8.self))
        let after = Array(String(decoding: new, as: UTF8.self))
        let start = zip(before, after).prefix { $0 == $1 }.count
        let room = min(before.count, after.count) - start
        let end = zip(before.reversed(), after.reversed()).prefix(room).prefix { $0 == $1 }.count
        shown = (Self.cut(before, start, end), Self.cut(after, start, end))
    }

    private static func cut(_ text: [Character], _ start: Int, _ end: Int) -> String {
        let first = max(0, start - around)
        let last = min(text.count, text.count - end + around)
        let middle = String(text[first..<last].prefix(most))
        let isCut = last < text.count || last - first > most
        return (first > 0 ? "…" : "")
            + String(decoding: JSONWriter.quoted(middle), as: UTF8.self) + (isCut ? "…" : "")
    }
}
