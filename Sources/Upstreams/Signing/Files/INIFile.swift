/// The text of `~/.aws/config` and its like, read as AWS's own tools read it: by the rules of Python's
/// `configparser`, because those decide which files work elsewhere.
struct INIFile: Sendable, Hashable {
    /// The value of a key.
    enum Setting: Sendable, Hashable {
        case text(String)
        /// Indented lines below a key without a value of its own.
        case nested([String: String])
    }

    /// A line that cannot be read, by number: its content may be a secret and is not repeated.
    struct Fault: Error, Sendable, Hashable {
        let line: Int
        /// A clause without a period.
        let reason: String
    }

    typealias Section = [String: Setting]

    /// The sections in the order of the file; the names of keys are in small letters.
    private(set) var sections: [(name: String, settings: Section)] = []

    /// Reads a text.
    init(_ text: String) throws(Fault) {
        var reader = Reader()
        let lines = text.split(omittingEmptySubsequences: false) {
            $0 == "\n" || $0 == "\r\n" || $0 == "\r"
        }
        for line in lines { try reader.read(line) }
        sections = try reader.finish()
    }

    /// The section of a name.
    subscript(name: String) -> Section? {
        sections.first { $0.name == name }?.settings
    }

    static func == (one: Self, other: Self) -> Bool {
        one.sections.count == other.sections.count
            && zip(one.sections, other.sections).allSatisfy { $0 == $1 }
    }

    func hash(into hasher: inout Hasher) {
        for section in sections {
            hasher.combine(section.name)
            hasher.combine(section.settings)
        }
    }
}

/// What is known on the way through the lines.
private struct Reader {
    private struct Entry {
        let key: String
        var lines: [String]
        let number: Int
    }

    private struct Part {
        let name: String
        var entries: [Entry] = []
    }

    /// Its settings hold in every section.
    private static let common = "DEFAULT"

    private var parts: [Part] = []
    private var number = 0
    /// How far the last key was indented; what is indented more continues it.
    private var indentation = 0
    private var isInEntry = false

    mutating func read(_ line: Substring) throws(INIFile.Fault) {
        number += 1
        let text = trimmed(line)
        if text.hasPrefix("#") || text.hasPrefix(";") { return }
        if text.isEmpty { return extend("") }
        let indent = line.prefix(while: \.isWhitespace).count
        if isInEntry, indent > indentation { return extend(String(text)) }
        indentation = indent
        if text.hasPrefix("["), let end = text.lastIndex(of: "]"),
            text.index(after: text.startIndex) < end
        {
            return try open(String(text[..<end].dropFirst()))
        }
        try add(text)
    }

    private mutating func open(_ name: String) throws(INIFile.Fault) {
        isInEntry = false
        if parts.contains(where: { $0.name == name }) {
            guard name == Self.common else { throw fault("a section of this name came before") }
            // A second one continues the first.
            parts.append(parts.remove(at: parts.firstIndex { $0.name == name } ?? 0))
            return
        }
        parts.append(Part(name: name))
    }

    private mutating func add(_ text: Substring) throws(INIFile.Fault) {
        guard let part = parts.indices.last else {
            throw fault("it stands before the first section")
        }
        guard let mark = text.firstIndex(where: { $0 == "=" || $0 == ":" }), mark > text.startIndex
        else { throw fault("it is not of the form 'key = value'") }
        let key = trimmed(text[..<mark]).lowercased()
        guard !parts[part].entries.contains(where: { $0.key == key }) else {
            throw fault("the key came before in this section")
        }
        let value = String(trimmed(text[text.index(after: mark)...]))
        parts[part].entries.append(Entry(key: key, lines: [value], number: number))
        isInEntry = true
    }

    private mutating func extend(_ text: String) {
        guard isInEntry, let part = parts.indices.last,
            let entry = parts[part].entries.indices.last
        else { return }
        parts[part].entries[entry].lines.append(text)
    }

    private func fault(_ reason: String) -> INIFile.Fault {
        INIFile.Fault(line: number, reason: reason)
    }

    func finish() throws(INIFile.Fault) -> [(name: String, settings: INIFile.Section)] {
        let common = try settings(parts.first { $0.name == Self.common })
        var sections: [(name: String, settings: INIFile.Section)] = []
        for part in parts where part.name != Self.common {
            let settings = try settings(part).merging(common) { own, _ in own }
            sections.append((part.name, settings))
        }
        return sections
    }

    private func settings(_ part: Part?) throws(INIFile.Fault) -> INIFile.Section {
        var settings: INIFile.Section = [:]
        for entry in part?.entries ?? [] {
            var lines = entry.lines
            while lines.last == "" { lines.removeLast() }
            let isNested = lines.count > 1 && lines[0].isEmpty
            settings[entry.key] =
                isNested
                ? .nested(try nested(lines, entry.number))
                : .text(lines.joined(separator: "\n"))
        }
        return settings
    }

    private func nested(_ lines: [String], _ number: Int) throws(INIFile.Fault) -> [String: String]
    {
        var inner: [String: String] = [:]
        for (index, line) in lines.enumerated() where !line.isEmpty {
            guard let equals = line.firstIndex(of: "=") else {
                throw INIFile.Fault(
                    line: number + index, reason: "it is not of the form 'key = value'")
            }
            inner[String(trimmed(line[..<equals]))] =
                String(trimmed(line[line.index(after: equals)...]))
        }
        return inner
    }
}

private func trimmed(_ text: Substring) -> Substring {
    var text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
}
