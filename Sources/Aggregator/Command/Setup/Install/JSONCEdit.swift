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

    /// What stands at a path of members; nil where there is nothing.
    func value(at path: [String]) throws(SetupFailure) -> Value? {
        var found: Value? = document.root
        for key in path {
            guard let container = found else { return nil }
            found = try Self.member(key, of: container)
        }
        return found
    }

    /// Sets what is at a path of members, of which all may be new; an equal value keeps its layout.
    mutating func set(_ path: [String], to json: [UInt8]) throws(SetupFailure) {
        var container = document.root
        for (index, key) in path.enumerated() {
            guard container.kind == .object else {
                throw SetupFailure(
                    "could not change the file: '\(path[index - 1])' is not an object")
            }
            guard let next = try Self.member(key, of: container) else {
                return try insert(Self.nested(path[index...], json), into: container)
            }
            container = next
        }
        guard JSONWriter.compact(container) != json else { return }
        try replace(container, with: json)
    }

    /// Puts a value in the place of one of this file.
    mutating func replace(_ value: Value, with json: [UInt8]) throws(SetupFailure) {
        let indent = style.indent(at: Int(value.extent.lower), of: document.original)
        try replace([(value.extent.range, style.laidOut(json, indent))])
    }

    /// Appends an element to an array, which may be new.
    mutating func append(_ json: [UInt8], to path: [String]) throws(SetupFailure) {
        guard let container = try value(at: path) else {
            return try set(path, to: [UInt8(ascii: "[")] + json + [UInt8(ascii: "]")])
        }
        guard container.kind == .array else {
            throw SetupFailure(
                "could not change the file: '\(path.last ?? "")' is not an array")
        }
        try insert(json, into: container)
    }

    /// Of two members of one name most clients read the last, and none says which.
    private static func member(_ key: String, of object: Value) throws(SetupFailure) -> Value? {
        let found = object.members.filter { $0.key.isText(key) }
        guard found.count <= 1 else {
            throw SetupFailure(
                "could not change the file: '\(key)' is there twice; take one of them out")
        }
        return found.first?.value
    }

    /// A member with the members that lead to it from the first one.
    private static func nested(_ path: ArraySlice<String>, _ json: [UInt8]) -> [UInt8] {
        let inner = path.dropFirst().reversed().reduce(json) { json, key in
            [UInt8(ascii: "{")] + member(key, json) + [UInt8(ascii: "}")]
        }
        return member(path.first ?? "", inner)
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
        let isOneLine = !original[tail..<close].contains(0x0A)
        if isOneLine { line += style.newline + outer }
        let gap = tail..<(isOneLine ? close : tail)
        guard let last = parts.last.map({ Int($0.1.upper) }),
            !document.trailingCommas.contains(where: { (last..<close).contains($0) })
        else { return try replace([(gap, line)]) }
        try replace([(last..<last, [UInt8(ascii: ",")]), (gap, line)])
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
