/// Lines of YAML in block style, made from the top down.
struct Outline {
    private(set) var lines: [String] = []

    /// A key with a mapping or a list under it.
    mutating func open(_ key: String, depth: Int) {
        add("\(Quoting.yaml(key)):", depth)
    }

    /// A key with a text.
    mutating func text(_ key: String, _ value: String, depth: Int) {
        add("\(Quoting.yaml(key)): \(Quoting.yaml(value))", depth)
    }

    /// A key with a value that is YAML already, such as `8080` or `null`.
    mutating func raw(_ key: String, _ value: String, depth: Int) {
        add("\(Quoting.yaml(key)): \(value)", depth)
    }

    /// A text of a list.
    mutating func item(_ value: String, depth: Int) {
        add("- \(Quoting.yaml(value))", depth)
    }

    /// Takes back the lines after the first ones.
    mutating func cut(to count: Int) { lines.removeSubrange(count...) }

    private mutating func add(_ text: String, _ depth: Int) {
        lines.append(String(repeating: "  ", count: depth) + text)
    }
}
