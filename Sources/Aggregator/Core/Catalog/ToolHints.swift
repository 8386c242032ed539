package import Wire

/// What an upstream claims about a tool (MCP, "ToolAnnotations"): its word, and no proof.
package struct ToolHints: Sendable, Hashable {
    /// The claims by the names that the standard gives them.
    package enum Name: String, Sendable, CaseIterable {
        case readOnlyHint, destructiveHint, idempotentHint, openWorldHint

        /// What holds where nothing is said: the worst.
        var standard: Bool { self == .destructiveHint || self == .openWorldHint }
    }

    private let said: [Name: Bool]

    /// The claims in the JSON of a tool.
    package init(tool: Value) {
        let annotations = tool["annotations"]
        var said: [Name: Bool] = [:]
        for name in Name.allCases { said[name] = annotations?[name.rawValue]?.bool }
        self.said = said
    }

    /// Whether a claim is made, or holds without one: what only reads destroys nothing.
    package subscript(_ name: Name) -> Bool {
        if let said = said[name] { return said }
        return name == .destructiveHint && said[.readOnlyHint] == true ? false : name.standard
    }

    /// The same of a tool of which nothing is known.
    package static func unknown(_ name: Name) -> Bool { name.standard }
}
