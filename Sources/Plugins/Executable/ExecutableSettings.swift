package import Aggregator
package import Wire

/// The settings of `executable: { command: … }`: a program of the owner's own that judges.
package struct ExecutableSettings: GuardingSettings {
    package var common = Common()
    package var guarding = Guarding([.request], isSecurity: false)
    /// Which methods, by their names; empty for those that concern an item.
    package var methods: [String] = []
    /// The program: a path, or a name searched in `PATH`.
    package var command: Text = ""
    package var args: [Text] = []
    /// Variables that it gets besides the usual ones, in the order of the file.
    package var env: [Variable] = []
    package var cwd: Text?

    package init() { guarding.safety.deadline = .seconds(5) }

    /// One entry of `env`.
    package struct Variable: Sendable, Equatable {
        package let name: String
        package let value: Text
    }

    /// Which requests it wants to see.
    package var wanted: Set<Method> { Scope.methods(matching: methods) }

    /// How the settings are written: without a word about it, the program starts in the folder of the
    /// configuration, so that a sample copied there is found.
    package static let format = Format<Self>(shape.schema) { node, reading in
        guard var settings = shape.read(node, into: &reading) else { return nil }
        if settings.cwd == nil { settings.cwd = reading.folder.map { Text($0) } }
        return settings
    }

    private static let shape = Shape(
        Self(),
        [
            Key(
                "command", \.command, .program,
                "The program: a path, or a name searched in `PATH`. A relative path starts from the "
                    + "folder of this file.", isRequired: true, example: "python3"),
            Key("args", \.args, Format<Text>.word.list(), "Its arguments.", example: "[mask.py]"),
            Key(
                "env", \.env, variables, "Variables that it gets besides the usual ones.",
                example: "{ MASK_KEY: \"${env:MASK_KEY}\" }"),
            Key(
                "cwd", \.cwd, .path,
                "Its working directory; by default the folder of this file.", example: "/srv/rules"),
        ] + Key.common + [
            Key(
                "on", \.guarding.hooks, .allHooks,
                "Where it is asked: `request`, `response`, `notification`, `catalog`, or several.",
                example: "[request, response]"),
            Key(
                "method", \.methods, .patterns,
                "Which methods, by name or glob; without it those that concern an item.",
                example: "tools/call"),
        ] + Key.safety)

    private static let variables = Format<Text>.word.mapping(
        keys: Schema.Form(pattern: "^[^=]+$", words: "that is a variable's name"),
        where: { !$0.isEmpty && !$0.utf8.contains(UInt8(ascii: "=")) }
    ).map({ $0.map { Variable(name: $0.key, value: $0.value) } }, back: { _ in nil })
}
