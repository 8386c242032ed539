package import Aggregator
import Wire

/// The settings of `access: { allow: […], deny: […] }`.
package struct AccessSettings: Settings {
    package var name: String?
    /// What may be used; without any, everything that is not denied.
    package var allow: [AccessEntry] = []
    /// What may not be used, allowed or not.
    package var deny: [AccessEntry] = []

    package init() {}

    /// How the settings are written.
    package static let shape = Shape(
        Self(),
        [
            Key(
                "name", \.name, Format<String>.filled,
                "What errors and `manifold status` call it, instead of its kind.",
                example: "who-may"),
            Key(
                "allow", \.allow, AccessEntry.format.list(atLeast: 1),
                "What may be used: globs over the original `upstream/name`, or entries with "
                    + "conditions. With any, nothing else may be.",
                example: "[\"crm/get_*\", { items: \"crm/*\", principals: [admin] }]"),
            Key(
                "deny", \.deny, AccessEntry.format.list(atLeast: 1),
                "What may not be used, allowed or not.", example: "[\"crm/delete_*\"]"),
        ], needs: ["allow", "deny"])
}

/// What is allowed or denied: all of its conditions have to hold.
package struct AccessEntry: Sendable, Equatable {
    /// Patterns of the original `upstream/name`; empty for everything.
    package var items: [String] = []
    /// Kinds of item; empty for all.
    package var kinds: [Item.Kind] = []
    /// What the server has to claim about a tool.
    package var annotations: [ToolHints.Name: Bool] = [:]
    /// Patterns of what the client calls itself; empty for all.
    package var clients: [String] = []
    /// Patterns of the principal's name; empty for all.
    package var principals: [String] = []
    /// What arguments have to be.
    var arguments: [Condition] = []

    /// What the values at a place have to be.
    struct Condition: Sendable, Equatable {
        let place: FieldPath
        let patterns: [String]
    }

    package init() {}

    /// A pattern alone, or a mapping.
    static let format: Format<Self> = .either(
        .object(shape),
        Format<String>.filled.ofItems().map(
            { pattern in
                var entry = Self()
                entry.items = [pattern]
                return entry
            }, back: { _ in nil })
    ) { $0.scalar != nil }

    private static let shape = Shape(
        Self(),
        [
            Key(
                "items", \.items, .items, "Globs over the original `upstream/name`.",
                example: "\"crm/*\""),
            Key(
                "kinds", \.kinds, Format<Item.Kind>.choice.list(), "Which kinds of item.",
                example: "[tool]"),
            Key(
                "annotations", \.annotations, .hints,
                "What the server claims about a tool, which is no proof.",
                example: "{ readOnlyHint: true }"),
            Key(
                "clients", \.clients, .patterns,
                "Which clients, by what they call themselves, which is no proof.",
                example: "\"claude*\""),
            Key(
                "principals", \.principals, .patterns,
                "On whose behalf: `local` on standard input, `bearer` with the token of `inbound`.",
                example: "[bearer]"),
            Key(
                "arguments", \.arguments, .conditions,
                "Places in the arguments, and globs for the values there.",
                example: "{ table: \"public_*\" }"),
        ])
}

extension Format<[ToolHints.Name: Bool]> {
    private static let form = Schema.Form(
        pattern: "^(\(ToolHints.Name.allCases.map(\.rawValue).joined(separator: "|")))$",
        words: "that names an annotation of tools")

    fileprivate static let hints = Format<Bool>.bool.mapping(keys: form) {
        ToolHints.Name(rawValue: $0) != nil
    }.map(
        { entries in
            var hints: [ToolHints.Name: Bool] = [:]
            for (key, value) in entries { ToolHints.Name(rawValue: key).map { hints[$0] = value } }
            return hints
        }, back: { _ in nil })
}

extension Format<[AccessEntry.Condition]> {
    fileprivate static let conditions = Format<[String]>.patterns.mapping(keys: .filled) {
        FieldPath($0) != nil
    }.map(
        { entries in
            entries.compactMap { key, patterns in
                FieldPath(key).map { AccessEntry.Condition(place: $0, patterns: patterns) }
            }
        }, back: { _ in nil })
}
