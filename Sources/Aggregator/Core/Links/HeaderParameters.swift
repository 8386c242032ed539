package import Wire

/// The arguments of a tool that a request over HTTP repeats in headers, as its input schema marks
/// them with `x-mcp-header` (MCP 2026-07-28, "Custom headers").
package struct HeaderParameters: Sendable, Hashable {
    /// One argument and its header.
    package struct Parameter: Sendable, Hashable {
        /// What follows `Mcp-Param-`.
        package let header: String
        /// The keys that lead from the arguments to the value.
        package let path: [String]
    }

    /// A mark that breaks the rules, in words: such a tool must not be called over HTTP.
    package struct Fault: Error, Sendable, Hashable {
        package let reason: String
    }

    /// In the order of the schema.
    package private(set) var all: [Parameter] = []

    private static let mark = "x-mcp-header"
    /// Keywords whose value is data and no schema.
    private static let data: Set<String> = ["default", "const", "enum", "examples"]

    /// Reads the schema of a tool as it is listed.
    package init(tool: Value) throws(Fault) {
        guard let schema = tool["inputSchema"], schema.kind == .object else { return }
        try visit(schema, [])
        let names = all.map { $0.header.lowercased() }
        guard Set(names).count == names.count else {
            throw Fault(reason: "two arguments want the same header")
        }
    }

    /// Walks the properties, by which alone a marked argument may be reached.
    private mutating func visit(_ schema: Value, _ path: [String]) throws(Fault) {
        for (key, value) in schema.members {
            if key.isText(Self.mark) {
                all.append(try parameter(value, schema, path))
            } else if key.isText("properties"), value.kind == .object {
                for (name, property) in value.members where property.kind == .object {
                    try visit(property, path + [name.string ?? ""])
                }
            } else if !Self.data.contains(where: { key.isText($0) }) {
                try check(value)
            }
        }
    }

    private func parameter(
        _ name: Value, _ schema: Value, _ path: [String]
    ) throws(Fault) -> Parameter {
        guard let header = name.string, !header.isEmpty, header.utf8.allSatisfy(Self.isToken) else {
            throw Fault(reason: "'\(Self.mark)' is no name of a header")
        }
        guard !path.isEmpty, ["string", "integer", "boolean"].contains(schema["type"]?.string)
        else {
            throw Fault(
                reason: "the header '\(header)' is not for a string, an integer or a boolean")
        }
        return Parameter(header: header, path: path)
    }

    /// Whatever is not reached through properties must not be marked.
    private func check(_ value: Value) throws(Fault) {
        for element in value.elements { try check(element) }
        for (key, member) in value.members {
            guard !key.isText(Self.mark) else {
                throw Fault(reason: "'\(Self.mark)' stands where no single argument is meant")
            }
            if !Self.data.contains(where: { key.isText($0) }) { try check(member) }
        }
    }

    /// `tchar` of RFC 9110, section 5.6.2.
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
