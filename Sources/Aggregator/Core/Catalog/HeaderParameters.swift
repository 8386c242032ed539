package import Wire

/// The arguments of a tool that requests over HTTP repeat in headers: those that its schema marks with
/// `x-mcp-header` (MCP 2026-07-28, "Custom headers").
package struct HeaderParameters: Sendable {
    /// One marked argument.
    package struct Parameter: Sendable, Equatable {
        /// What follows `Mcp-Param-` in the header's name.
        package let name: String
        /// The keys that lead to it through the arguments.
        let path: [String]
        let type: ValueType
    }

    /// What types of values fit a header.
    enum ValueType: String, Sendable { case string, integer, boolean }

    /// Why a tool's marks cannot be followed, as a clause; such a tool cannot be called over HTTP.
    package struct Fault: Error, Sendable, Equatable {
        package let reason: String
    }

    package let parameters: [Parameter]
    private static let mark = "x-mcp-header"
    /// Keywords whose value is data and no schema.
    private static let data = ["default", "const", "enum", "examples"]

    /// Reads the marks of a tool, given as its JSON; nil when it has none, which hardly any has.
    package init?(tool json: [UInt8]) throws(Fault) {
        guard Self.mentionsMark(json) else { return nil }
        var found: [Parameter] = []
        let schema = Value(json, Extent(0..<json.count))["inputSchema"]
        if let schema { try Self.walk(schema, path: [], depth: 0, &found) }
        guard !found.isEmpty else { return nil }
        parameters = found
    }

    private static func mentionsMark(_ json: [UInt8]) -> Bool {
        let mark = Array(mark.utf8)
        return json.indices.contains { index in
            json[index] == mark[0] && json[index...].starts(with: mark)
        }
    }

    /// `path` is nil where arguments are not reached by `properties` alone: a mark may not stand there.
    private static func walk(
        _ schema: Value, path: [String]?, depth: Int, _ found: inout [Parameter]
    ) throws(Fault) {
        guard depth < 64 else { return }
        if schema.kind == .array {
            for element in schema.elements {
                try walk(element, path: nil, depth: depth + 1, &found)
            }
        }
        guard schema.kind == .object else { return }
        for (key, value) in schema.members {
            if key.isText(mark) {
                try add(value, schema, path, &found)
            } else if key.isText("properties"), let path, value.kind == .object {
                for (name, property) in value.members {
                    let path = path + [name.string ?? ""]
                    try walk(property, path: path, depth: depth + 2, &found)
                }
            } else if !data.contains(where: { key.isText($0) }) {
                try walk(value, path: nil, depth: depth + 1, &found)
            }
        }
    }

    /// How many there may be: a request has room for a hundred headers.
    private static let most = 64

    private static func add(
        _ name: Value, _ schema: Value, _ path: [String]?, _ found: inout [Parameter]
    ) throws(Fault) {
        guard let text = name.string, FieldName("Mcp-Param-\(text)") != nil, !text.isEmpty else {
            throw Fault(reason: "'\(mark)' must be the end of a header's name")
        }
        guard let path, !path.isEmpty else {
            throw Fault(reason: "'\(mark): \(text)' stands where no argument is")
        }
        guard let type = schema["type"]?.string.flatMap(ValueType.init(rawValue:)) else {
            throw Fault(reason: "'\(mark): \(text)' marks what is no string, integer or boolean")
        }
        guard found.count < Self.most else {
            throw Fault(reason: "'\(mark)' is used more than \(Self.most) times")
        }
        guard !found.contains(where: { $0.name.lowercased() == text.lowercased() }) else {
            throw Fault(reason: "'\(mark): \(text)' is used twice")
        }
        found.append(Parameter(name: text, path: path, type: type))
    }

    // MARK: Values

    /// The headers that repeat these arguments, without `Mcp-Param-`; an argument that is missing or
    /// null has none.
    package func headers(for arguments: Value?) -> [(name: String, value: [UInt8])] {
        parameters.compactMap { parameter in
            parameter.text(in: arguments).map { (parameter.name, HeaderText.encode($0)) }
        }
    }

    /// The first header that does not say what the arguments say, by its whole name; nil if all do.
    ///
    /// `values` are those of the header of a name, of which there may be one only.
    package func mismatch(
        with arguments: Value?, _ values: (_ header: String) -> [[UInt8]]
    ) -> String? {
        for parameter in parameters {
            let header = "Mcp-Param-\(parameter.name)"
            let said = values(header)
            let meant = parameter.text(in: arguments)
            switch (said.count, meant) {
            case (0, nil): continue
            case (1, let meant?) where parameter.isSame(HeaderText.decode(said[0]), meant): continue
            default: return header
            }
        }
        return nil
    }
}

extension HeaderParameters.Parameter {
    /// The argument as a header says it; nil when it is missing, null or of another type.
    fileprivate func text(in arguments: Value?) -> [UInt8]? {
        var value = arguments
        for key in path { value = value?[key] }
        guard let value else { return nil }
        switch type {
        case .string: return value.text
        case .boolean: return value.bool == nil ? nil : value.copy()
        case .integer: return value.kind == .number ? Self.decimal(value) : nil
        }
    }

    /// An integer in its plain form, however it is spelled.
    private static func decimal(_ value: Value) -> [UInt8] {
        if let integer = value.integer { return Array(String(integer).utf8) }
        guard let double = Double(String(decoding: value.raw, as: UTF8.self)),
            let integer = Int(exactly: double)
        else { return value.copy() }
        return Array(String(integer).utf8)
    }

    fileprivate func isSame(_ said: [UInt8]?, _ meant: [UInt8]) -> Bool {
        guard let said else { return false }
        if said == meant { return true }
        // 42 and 42.0 are the same number.
        guard type == .integer, let one = Double(String(decoding: said, as: UTF8.self)),
            let other = Double(String(decoding: meant, as: UTF8.self))
        else { return false }
        return one == other
    }
}
