import Machine

/// Paths as AWS's settings write them: with `$NAME`, `${NAME}` and `~`.
enum PathExpansion {
    /// The path; nil where it starts in a home that nobody knows.
    static func expand(_ written: String, _ environment: Environment) -> String? {
        let path = variables(written, environment)
        guard path == "~" || path.hasPrefix("~/") else { return path }
        guard let home = environment.filled("HOME") else { return nil }
        return home + path.dropFirst()
    }

    /// A variable that is not set stays as it is written.
    private static func variables(_ written: String, _ environment: Environment) -> String {
        var path = ""
        var rest = written[...]
        while let dollar = rest.firstIndex(of: "$") {
            path += rest[..<dollar]
            rest = rest[dollar...]
            let after = rest.dropFirst()
            let isBraced = after.hasPrefix("{")
            let name = (isBraced ? after.dropFirst() : after).prefix {
                isBraced ? $0 != "}" : $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")
            }
            let isClosed = !isBraced || name.endIndex < rest.endIndex
            guard !name.isEmpty, isClosed, let value = environment[String(name)] else {
                path += rest.prefix(1)
                rest = after
                continue
            }
            path += value
            rest = rest[name.endIndex...].dropFirst(isBraced ? 1 : 0)
        }
        return path + rest
    }
}
