package import Wire

extension String {
    /// The value at a path of keys and indices in this JSON text; nil when there is none.
    package func value(_ path: String...) -> Value? {
        var value = try? Value(validating: Array(utf8))
        for step in path {
            guard let here = value else { return nil }
            if let index = Int(step), here.kind == .array {
                value = here.elements.dropFirst(index).first { _ in true }
            } else {
                value = here[step]
            }
        }
        return value
    }

    /// The exact bytes at a path of keys; nil when there is nothing.
    package func json(_ path: String...) -> String? {
        var value = try? Value(validating: Array(utf8))
        for step in path { value = value?[step] }
        return value.map { String(decoding: $0.raw, as: UTF8.self) }
    }

    /// The names of the items of a list result, published ones.
    package var names: [String] {
        let result = value("result")
        for (member, key) in [
            ("tools", "name"), ("prompts", "name"), ("resources", "uri"),
            ("resourceTemplates", "uriTemplate"),
        ] {
            if let list = result?[member] { return list.elements.map { $0[key]?.string ?? "?" } }
        }
        return []
    }
}
