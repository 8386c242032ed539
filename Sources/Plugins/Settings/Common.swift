package import Aggregator
package import Wire

/// The keys that plugins share: what an entry is called, and what it is about.
package struct Common: Sendable, Equatable {
    /// What errors and `status` call it; nil for its kind.
    package var name: String?
    /// Patterns of upstreams; empty for all.
    package var upstreams: [String] = []
    /// Patterns of original names; when any kind has some, other kinds are left alone.
    package var tools: [String] = []
    package var prompts: [String] = []
    package var resources: [String] = []

    package init() {}

    /// The scope of a plugin with these hooks.
    package func scope(_ hooks: Set<Scope.Hook>, methods: Set<Method> = Scope.calls) -> Scope {
        var names: [Item.Kind: [Glob]] = [:]
        for (kind, patterns) in [
            (Item.Kind.tool, tools), (.prompt, prompts), (.resource, resources),
            (.template, resources),
        ] where !patterns.isEmpty {
            names[kind] = patterns.map(Glob.init)
        }
        return Scope(hooks, methods: methods, upstreams: upstreams.map(Glob.init), names: names)
    }
}

/// Settings that have the shared keys.
package protocol CommonSettings: Settings {
    var common: Common { get set }
}

extension Key where Root: CommonSettings {
    /// The shared keys, which come first in the documentation.
    static var common: [Key<Root>] {
        [
            Key(
                "name", \Root.common.name, Format<String>.filled,
                "What errors and `manifold status` call it, instead of its kind.",
                example: "crm-rule"),
            Key(
                "upstream", \Root.common.upstreams, .upstreams,
                "Which upstreams it is about: a name or glob, or several.", example: "crm"),
            Key(
                "tool", \Root.common.tools, .names(of: .tool),
                "Which tools, by their original names; with this, `prompt` or `resource`, nothing else.",
                example: "\"get_*\""),
            Key(
                "prompt", \Root.common.prompts, .names(of: .prompt), "Which prompts.",
                example: "\"write_*\""),
            Key(
                "resource", \Root.common.resources, .patterns,
                "Which resources, by their original URIs.", example: "\"file:///srv/*\""),
        ]
    }
}

extension Format<[String]> {
    /// One pattern, or a list of them.
    package static let patterns = oneOrMore(.filled)

    /// The same, of the names of upstreams.
    static let upstreams = oneOrMore(.filled.ofUpstreams())

    /// The same, of the original names of items; resources have more URIs than those listed.
    static func names(of kind: Item.Kind) -> Self { oneOrMore(.filled.ofNames([kind])) }

    /// The same, over the original `upstream/name`.
    static let items = oneOrMore(.filled.ofItems())

    private static func oneOrMore(_ pattern: Format<String>) -> Self {
        let one = pattern.map({ [$0] }, back: { $0.count == 1 ? $0[0] : nil })
        return .either(pattern.list(), one) { $0.scalar != nil }
    }
}
