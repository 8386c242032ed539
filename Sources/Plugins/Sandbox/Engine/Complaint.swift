/// What libjq says about a program, taken apart: its versions differ in what they add.
///
/// 1.6 and 1.7: `jq: error: REASON at <top-level>, line 3:` and the text of the line; 1.8 adds the
/// column and a mark under it.
enum Complaint {
    /// The refusal of a program that was compiled with `linesBefore` lines of ours before it.
    static func refusal(
        of rule: Int, in part: Report.Refusal.Part = .program, _ lines: [String],
        linesBefore: Int
    ) -> Report.Refusal {
        let first = lines.first { $0.contains("error:") } ?? lines.first ?? ""
        let head = first.split(separator: "\n").first.map(String.init) ?? ""
        var reason = Substring(head)
        if let prefix = reason.firstRange(of: "error: ") { reason = reason[prefix.upperBound...] }
        var line = 0
        if let place = reason.firstRange(of: " at <top-level>") {
            line = number(after: "line ", in: reason[place.upperBound...])
            reason = reason[..<place.lowerBound]
        }
        for noise in [" (Unix shell quoting issues?)", "syntax error, "] {
            if let range = reason.firstRange(of: noise) {
                reason = reason[..<range.lowerBound] + reason[range.upperBound...]
            }
        }
        let words = reason.isEmpty ? "libjq does not compile it" : String(reason)
        return Report.Refusal(
            rule: UInt32(rule), part: part, line: UInt32(max(0, line - linesBefore)),
            reason: words)
    }

    private static func number(after word: String, in text: Substring) -> Int {
        guard let range = text.firstRange(of: word) else { return 0 }
        return Int(text[range.upperBound...].prefix { $0.isNumber }) ?? 0
    }
}
