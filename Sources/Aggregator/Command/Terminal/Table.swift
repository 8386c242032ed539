/// Rows of text in columns that line up; pure.
struct Table: Sendable {
    /// One field; control characters of its text are made visible.
    struct Cell: Sendable, ExpressibleByStringInterpolation {
        let text: String
        let tint: Ink.Tint?

        /// A field in a colour, if any.
        init(_ text: String, _ tint: Ink.Tint? = nil) {
            self.text = Terminal.plain(text)
            self.tint = tint
        }

        init(stringLiteral text: String) { self.init(text) }
    }

    private let header: [String]
    private var rows: [[Cell]] = []

    private static let gap = 2

    /// A table with these columns; the last one is the one that is cut where a line would be too long.
    init(_ header: String...) { self.header = header }

    /// Whether there are no rows.
    var isEmpty: Bool { rows.isEmpty }

    /// Adds a row; missing fields at its end are empty.
    mutating func add(_ row: Cell...) { rows.append(row) }

    /// The lines of the table; `width` is that of the terminal, nil where nothing must be cut.
    func text(_ ink: Ink, width: Int? = nil) -> String {
        let all = [header.map { Cell($0, .strong) }] + rows
        let widths = header.indices.map { column in
            all.map { $0.indices.contains(column) ? $0[column].text.count : 0 }.max() ?? 0
        }
        return all.map { line($0, widths, ink, width) + "\n" }.joined()
    }

    private func line(_ row: [Cell], _ widths: [Int], _ ink: Ink, _ width: Int?) -> String {
        var line = ""
        var used = 0
        let last = row.lastIndex { !$0.text.isEmpty } ?? 0
        for (column, cell) in row.enumerated().prefix(last + 1) {
            var text = cell.text
            if column == header.count - 1, let width {
                text = Self.shortened(text, to: max(20, width - used - 1))
            }
            line += ink(text, cell.tint)
            guard column < last else { break }
            line += String(repeating: " ", count: widths[column] - text.count + Self.gap)
            used += widths[column] + Self.gap
        }
        return line
    }

    private static func shortened(_ text: String, to width: Int) -> String {
        text.count <= width ? text : text.prefix(width - 1) + "…"
    }
}
