import Wire

/// What may be said outside of an error that a program raised: libjq's own messages quote the values
/// that they are about, and a program can raise any part of its document.
///
/// Nothing of a message is passed on. What is said is put together from words that are known before
/// there is a document: those of `LibraryMessages`, the names of kinds, and the texts and names that
/// stand in the program. So no value can be in it that is not in the program, too.
struct ErrorText {
    private let words: ProgramWords

    /// The longest message that is passed on.
    static let limit = 500
    /// What is said of a message that none of the known words make up.
    static let hidden =
        "it raised an error whose words may repeat a value, so that they are not shown "
        + "('manifold rules try' shows them)"

    /// What may be said of the errors of a rule's program.
    init(_ program: Program) {
        words = ProgramWords([program.text, program.condition ?? ""])
    }

    /// What may be said of this message.
    func shown(_ message: [UInt8]) -> String {
        guard !message.isEmpty else { return "it raised an error without words" }
        if words.texts.contains([message]) { return Self.short(message) }
        let said = library(message) ?? author(message)
        return said.map { Self.short(Array($0.utf8)) } ?? Self.hidden
    }

    /// The message as it is: for those alone whose documents these are.
    static func short(_ message: [UInt8]) -> String {
        String(String(decoding: message.prefix(4 * limit), as: UTF8.self).prefix(limit))
    }

    private func library(_ message: [UInt8]) -> String? {
        if let unread = LibraryMessages.unread.first(where: { $0.shape.fits(message) }) {
            return "\(unread.reason) (while parsing a text)"
        }
        for shape in LibraryMessages.shapes {
            if let said = shape.said(of: message, where: words.names.contains) { return said }
        }
        return nil
    }

    /// What an author has put values into, without them: of several, that with the most words.
    private func author(_ message: [UInt8]) -> String? {
        let texts = words.texts.filter { $0.count > 1 && $0.joined().contains(where: \.isLetter) }
        for text in texts.sorted(by: { $0.joined().count > $1.joined().count }) {
            let said = MessageShape(texts: text).said(of: message, where: words.names.contains)
            if let said { return said }
        }
        return nil
    }
}

extension UInt8 {
    /// Whether it is a letter, or a part of one that is not of ASCII.
    fileprivate var isLetter: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: self >= 0x80
        }
    }
}
