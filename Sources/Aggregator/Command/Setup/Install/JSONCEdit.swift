import Aggregator
import Wire

/// Changes a JSONC file by splices: what is not changed keeps its bytes, comments included.
struct JSONCEdit {
    private var document: JSONC
    private let style: Style

    /// A file to change; an empty one counts as an empty object.
    init(_ bytes: [UInt8]) throws(SetupFailure) {
        document = try JSONC(JSONC.isBlank(bytes) ? bytes + Array("{}\n".utf8) : bytes)
        style = Style(of: document)
    }

    /// The file after all changes.
    var bytes: [UInt8] { document.original }

    /// Sets a member of an object that is a member of the root; both may be new.
    mutating func set(
        _ key: String, in section: String, to json: [UInt8]
    ) throws(SetupFailure) {
        let member = Self.member(key, json)
        guard let container = document.root[section] else {
            let wrapped = [UInt8(ascii: "{")] + member + [UInt8(ascii: "}")]
            return try insert(Self.member(section, wrapped), into: document.root)
        }
        guard container.kind == .object else {
            throw SetupFailure("could not change the file: '\(section)' is not an object")
        }
        guard let old = container[key] else { return try insert(member, into: container) }
        let indent = style.indent(at: Int(old.extent.lower), of: document.original)
        try replace([(old.extent.range, style.laidOut(json, indent))])
    }

    /// Appends an element to an array of the root unless it has one with that id.
    mutating func append(
        _ json: [UInt8], withId id: String, to section: String
    ) throws(SetupFailure) {
        guard let container = document.root[section] else {
            let wrapped = [UInt8(ascii: "[")] + json + [UInt8(ascii: "]")]
            return try insert(Self.member(section, wrapped), into: document.root)
        }
        guard container.kind == .array else {
            throw SetupFailure("could not change the file: '\(section)' is not an array")
        }
        guard !container.elements.contains(where: { $0["id"]?.string == id }) else { return }
        try insert(json, into: container)
    }

    private static func member(_ key: String, _ json: [UInt8]) -> [UInt8] {
        JSONWriter.quoted(key) + [UInt8(ascii: ":")] + json
    }
}

// MARK: Splices

extension JSONCEdit {
    /// Puts a member or an element on a line of its own, after all others and their comments.
    private mutating func insert(_ item: [UInt8], into container: Value) throws(SetupFailure) {
        let original = document.original
        let close = Int(container.extent.upper) - 1
        let parts =
            container.members.map { ($0.key.extent, $0.value.extent) }
            + container.elements.map { ($0.extent, $0.extent) }
        let tail = (original[..<close].lastIndex { !$0.isSpace } ?? 0) + 1
        let outer = style.indent(at: Int(container.extent.lower), of: original)
        let inner =
            parts.first
            .flatMap { style.ownIndent(at: Int($0.0.lower), of: original) } ?? outer + style.unit
        var line = style.newline + inner + style.laidOut(item, inner)
        if !original[tail..<close].contains(0x0A) { line += style.newline + outer }
        guard let last = parts.last.map({ Int($0.1.upper) }),
            !document.trailingCommas.contains(where: { (last..<close).contains($0) })
        else { return try replace([(tail..<tail, line)]) }
        try replace([(last..<last, [UInt8(ascii: ",")]), (tail..<tail, line)])
    }

    /// Applies splices, which are in order, and reads the result.
    private mutating func replace(
        _ splices: [(range: Range<Int>, bytes: [UInt8])]
    ) throws(SetupFailure) {
        var result: [UInt8] = []
        var at = 0
        for splice in splices {
            result += document.original[at..<splice.range.lowerBound] + splice.bytes
            at = splice.range.upperBound
        }
        document = try JSONC(result + document.original[at...])
    }
}

/// How a file is laid out, so that what is added looks like the rest.
private struct Style {
    let newline: [UInt8]
    /// One step of indentation.
    let unit: [UInt8]

    init(of document: JSONC) {
        let bytes = document.original
        newline = bytes.contains(0x0D) ? [0x0D, 0x0A] : [0x0A]
        let spaces = Array("  ".utf8)
        guard let first = document.root.members.first(where: { _ in true }) else {
            unit = spaces
            return
        }
        let indent = Self.leading(Int(first.key.extent.lower), bytes)
        unit = indent.isEmpty ? spaces : Array(indent)
    }

    /// The white space at the start of the line of a byte.
    func indent(at index: Int, of bytes: [UInt8]) -> [UInt8] { Array(Self.leading(index, bytes)) }

    /// The same, or nil when something else stands before the byte.
    func ownIndent(at index: Int, of bytes: [UInt8]) -> [UInt8]? {
        let indent = Self.leading(index, bytes)
        return indent.endIndex == index ? Array(indent) : nil
    }

    /// JSON on lines of its own, the first of which is already indented.
    func laidOut(_ json: [UInt8], _ indent: [UInt8]) -> [UInt8] {
        Layout.indented(json, unit: unit, newline: newline + indent)
    }

    private static func leading(_ index: Int, _ bytes: [UInt8]) -> ArraySlice<UInt8> {
        let start = bytes[..<index].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return bytes[start..<index].prefix { $0 == 0x20 || $0 == 0x09 }
    }
}
