/// Finds, before anything is compiled, what a rule's program asks for and cannot have, and brackets
/// that would reach into the rules beside it.
///
/// A worker has neither files nor an environment nor other input, whatever its program says: this is
/// about telling its author.
package struct ProgramCheck {
    /// What is wrong with a program, and where.
    package struct Fault: Error, Sendable, Equatable {
        /// The line and the column of its first character, from 1.
        package let line: Int
        package let column: Int
        /// A clause without a period.
        package let reason: String
    }

    private var bytes: [UInt8]
    private var at = 0
    /// What is open: brackets, and the quote around an interpolation's parenthesis.
    private var open: [UInt8] = []
    /// The last byte that was no white space.
    private var before = UInt8(ascii: "|")

    private init(_ text: String) { bytes = Array(text.utf8) }

    /// Throws what is wrong with a program first.
    package static func check(_ text: String) throws(Fault) {
        var check = ProgramCheck(text)
        try check.run()
    }

    private static let reasons: [(words: Set<String>, reason: String)] = [
        (["env", "$ENV"], "a rule sees no environment"),
        (["input", "inputs"], "a rule has one document, which is '.'"),
        (
            [
                "input_filename", "input_line_number", "get_search_list", "get_jq_origin",
                "get_prog_origin", "$__prog_args",
            ],
            "a rule is not run over files"
        ),
        (["import", "include", "module", "modulemeta"], "a rule cannot load modules"),
        (["debug", "stderr"], "a rule has nowhere to write to but its output"),
        (["halt", "halt_error"], "a rule ends with its output, or with 'error' or 'empty'"),
    ]

    private mutating func run() throws(Fault) {
        while at < bytes.count { try step() }
        guard open.isEmpty else { throw fault(at: at, "a bracket or a quote is not closed") }
    }

    private mutating func step() throws(Fault) {
        let byte = bytes[at]
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
            at += 1
        case UInt8(ascii: "#"):
            while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
        case UInt8(ascii: "\""):
            at += 1
            try string()
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
            open.append(byte)
            pass()
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
            try close(byte)
        case UInt8(ascii: "$"), UInt8(ascii: "_"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            try word()
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            // A number may have a letter in it, which begins no word.
            while at < bytes.count, bytes[at].isInWords || bytes[at] == UInt8(ascii: ".") {
                pass()
            }
        default: pass()
        }
    }

    private mutating func pass() {
        before = bytes[at]
        at += 1
    }

    private mutating func close(_ byte: UInt8) throws(Fault) {
        let partner: UInt8 =
            switch byte {
            case UInt8(ascii: ")"): UInt8(ascii: "(")
            case UInt8(ascii: "]"): UInt8(ascii: "[")
            default: UInt8(ascii: "{")
            }
        guard open.last == partner else {
            throw fault(at: at, "this bracket closes none that is open")
        }
        open.removeLast()
        pass()
        // The end of an interpolation leads back into its string.
        if partner == UInt8(ascii: "("), open.last == UInt8(ascii: "\"") {
            open.removeLast()
            try string()
        }
    }

    /// Goes on in a string, whose opening quote is passed, to its end or an interpolation.
    private mutating func string() throws(Fault) {
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""): return pass()
            case UInt8(ascii: "\\"):
                at += 1
                if at < bytes.count, bytes[at] == UInt8(ascii: "(") {
                    open += [UInt8(ascii: "\""), UInt8(ascii: "(")]
                    return pass()
                }
                at += 1
            default: at += 1
            }
        }
        throw fault(at: bytes.count, "a bracket or a quote is not closed")
    }

    private mutating func word() throws(Fault) {
        let start = at
        let (last, isField) = (before, before == UInt8(ascii: ".") || before == UInt8(ascii: "@"))
        repeat { pass() } while at < bytes.count && bytes[at].isInWords
        let word = String(decoding: bytes[start..<at], as: UTF8.self)
        guard !isField, bytes[start] == UInt8(ascii: "$") || !isKey(after: last),
            let found = Self.reasons.first(where: { $0.words.contains(word) })
        else { return }
        throw fault(at: start, "'\(word)' is not available: \(found.reason)")
    }

    /// Whether the word that has just been passed is the key of an object.
    private func isKey(after last: UInt8) -> Bool {
        guard open.last == UInt8(ascii: "{"), last == UInt8(ascii: "{") || last == UInt8(ascii: ",")
        else { return false }
        let next = bytes[at...].first { !" \t\r\n".utf8.contains($0) }
        return next == UInt8(ascii: ":") || next == UInt8(ascii: ",") || next == UInt8(ascii: "}")
    }

    private func fault(at place: Int, _ reason: String) -> Fault {
        let lines = bytes[..<min(place, bytes.count)].split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let column = String(decoding: lines.last ?? [], as: UTF8.self).count + 1
        return Fault(line: max(1, lines.count), column: column, reason: reason)
    }
}
