/// libjq's own errors quote the value that they are about, which is nobody's business.
package enum ErrorText {
    private static let kinds = ["null", "boolean", "number", "string", "array", "object"]
    /// What follows a quoted value in the messages of all versions.
    private static let ends = [
        ") cannot ", ") and ", ") is ", ") not ", ") has ", ") have ", ") as ", ") with ", ") at ",
        ") must ",
    ]
    /// The longest message that is passed on.
    private static let limit = 500

    /// A message without the values in parentheses behind the names of kinds: `string ("x") cannot be
    /// parsed` becomes `string cannot be parsed`.
    package static func withoutValues(_ message: String) -> String {
        var rest = Substring(message.prefix(4 * limit))
        var text = ""
        while let open = rest.firstRange(of: " (") {
            let before = rest[..<open.lowerBound]
            let after = rest[open.upperBound...]
            guard kinds.contains(where: before.hasSuffix) else {
                text += rest[..<open.upperBound]
                rest = after
                continue
            }
            text += before
            rest = behind(after)
        }
        return String((text + rest).prefix(limit))
    }

    /// What stands behind a quoted value: it may itself have parentheses, so the end is known by what
    /// libjq writes after it, or it is the last parenthesis there is.
    private static func behind(_ quoted: Substring) -> Substring {
        let places = ends.compactMap { quoted.firstRange(of: $0)?.lowerBound }
        if let end = places.min() { return quoted[quoted.index(after: end)...] }
        guard let last = quoted.lastIndex(of: ")") else { return "" }
        return quoted[quoted.index(after: last)...]
    }
}
