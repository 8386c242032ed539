extension Schema {
    /// The documentation's tables: one per object, in Markdown, under headings that name it.
    package static func tables(_ vocabulary: Vocabulary) -> String {
        var pages: [String] = []
        Configuration.shape(vocabulary).schema.collect(into: &pages, title: "The file")
        return pages.joined(separator: "\n")
    }

    /// Adds the table of an object, then those of the objects under its keys.
    private func collect(into pages: inout [String], title: String) {
        guard case .object(let object) = unwrapped else { return }
        let rows = object.keys.map(\.row).joined()
        pages.append(
            "### \(title)\n\n| key | value | default | meaning |\n|---|---|---|---|\n\(rows)")
        for key in object.keys {
            let inner = key.schema.unwrapped == key.schema ? key.name : "An entry of `\(key.name)`"
            let path = inner == key.name ? "`\(key.name)`" : inner
            let prefix = title == "The file" ? "" : "\(title), "
            key.schema.collect(into: &pages, title: prefix + path)
        }
    }

    /// The schema of the entries of a list or a mapping, or the schema itself.
    private var unwrapped: Schema {
        switch self {
        case .list(let item, _): item
        case .mapping(_, let values): values
        case .text, .word, .bool, .integer, .duration, .size, .null, .choice, .object, .either,
            .anything:
            self
        }
    }

    /// The type in a few words.
    fileprivate var summary: String {
        switch self {
        case .text: "text"
        case .word: "text, number or truth value"
        case .bool: "`true` or `false`"
        case .integer(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .duration: "duration"
        case .size: "size"
        case .null: "null"
        case .choice(let words): words.map { "`\($0)`" }.joined(separator: " or ")
        case .list(let item, _): "list of \(item.summary)"
        case .mapping(_, let values): "mapping of \(values.summary)"
        case .object: "object"
        case .either(let schemas): schemas.map(\.summary).joined(separator: ", or ")
        case .anything: "any value"
        }
    }
}

extension Schema.Key {
    fileprivate var row: String {
        let example = example.map { " Example: `\($0)`" } ?? ""
        let value = standard.map { "`\($0.written)`" } ?? (isRequired ? "required" : "")
        return "| `\(name)` | \(schema.summary) | \(value) | \(documentation)\(example) |\n"
    }
}

extension Schema.Literal {
    fileprivate var written: String {
        switch self {
        case .text(let text): text
        case .integer(let number): "\(number)"
        case .bool(let value): "\(value)"
        case .list(let items): "[\(items.map(\.written).joined(separator: ", "))]"
        }
    }
}
