import Wire

/// A configuration text and the name people know it by; shows diagnostics with line and caret.
package struct Source: Sendable {
    /// The name before line and column: a path, or where else the text came from.
    package let name: String
    private let lines: [ArraySlice<UInt8>]

    /// The most diagnostics that are shown.
    private static let most = 20
    /// The widest excerpt of a line, and the longest message (it may quote a key), in characters.
    private static let width = 120
    private static let longest = 400

    /// A text with a name.
    package init(name: String, text: [UInt8]) {
        self.name = name
        lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    }

    /// How bad something is.
    package enum Severity: String, Sendable { case error, warning }

    /// `name:line:column: error: message`, its excerpt, the line, a caret under the column; ends in LF.
    package func show(_ diagnostic: Diagnostic, as severity: Severity = .error) -> String {
        let mark = diagnostic.mark
        let lines = ([diagnostic.message] + diagnostic.excerpt).map { line in
            string(line.unicodeScalars.prefix(Self.longest).map(Self.visible)) + "\n"
        }
        let place = "\(name):\(mark.line):\(mark.column)"
        let head = "\(place): \(severity.rawValue): \(lines.joined())"
        guard let (line, indent) = excerpt(at: mark) else { return head }
        return head + "\(line)\n\(indent)^\n"
    }

    /// All diagnostics, the first twenty of them in full.
    package func show(_ diagnostics: Diagnostics) -> String {
        let shown = diagnostics.all.prefix(Self.most).map { show($0) }.joined()
        let rest = diagnostics.all.count - Self.most
        return rest > 0 ? shown + "\(name): error: \(rest) more of these\n" : shown
    }

    /// The line around a place, and the white space that leads to the place under it.
    private func excerpt(at mark: Node.Mark) -> (line: String, indent: String)? {
        guard lines.indices.contains(mark.line - 1) else { return nil }
        let text = String(decoding: lines[mark.line - 1], as: UTF8.self)
        let line = text.unicodeScalars.filter { $0 != "\r" && $0 != "\u{FEFF}" }.map(Self.visible)
        guard !line.isEmpty else { return nil }
        let start = line.count <= Self.width ? 0 : max(0, mark.column - Self.width / 2)
        let part = line[min(start, line.count)...].prefix(Self.width)
        let before = line[min(start, line.count)..<min(max(start, mark.column - 1), line.count)]
        let lead = start > 0 ? "…" : ""
        let trail = start + part.count < line.count ? "…" : ""
        let indent =
            lead.map { _ in " " }.joined() + before.map { $0 == "\t" ? "\t" : " " }.joined()
        return (lead + string(part) + trail, indent)
    }

    /// Control characters must not reach a terminal; tabs keep the caret in place.
    private static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        return isControl && scalar != "\t" ? "\u{FFFD}" : scalar
    }

    private func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
