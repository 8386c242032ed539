package import Aggregator
import Wire

extension StdioSettings {
    private static let relative = " A relative path starts from the folder of this file."

    /// How the settings are written.
    package static let shape = Shape(
        Self(),
        [
            Key(
                "command", \.command, .program,
                "The program: a path, or a name searched in the child's `PATH`." + relative,
                isRequired: true, example: "uvx"),
            Key(
                "args", \.args, Format<Text>.word.list(), "Its arguments.",
                example: "[mcp-server-time, --local-timezone=Europe/Berlin]"),
            Key(
                "env", \.env, Variable.format,
                "Variables set for the child; null removes an inherited one.",
                example: "{ API_KEY: \"${env:API_KEY}\", NO_COLOR: 1, PYTHONPATH: null }"),
            Key(
                "inheritEnv", \.inheritEnv, Inheritance.format,
                "Which of our variables it inherits: the usual ones, `all`, `none`, or the usual "
                    + "ones and a list of further names.",
                example: "[AWS_PROFILE, \"MY_*\"]"),
            Key(
                "cwd", \.cwd, .path, "Its working directory." + relative,
                example: "/srv/notes"),
            Key(
                "envFile", \.envFile, .path,
                "A file of `NAME=value` lines, read at each start; `env` wins over it." + relative,
                example: "/srv/notes/.env"),
        ])
}

extension StdioSettings.Variable {
    private static let nameForm = Schema.Form(
        pattern: "^[^=]+$", words: "that is a variable's name")

    fileprivate static let format = Format<Text?>.wordOrNull
        .mapping(keys: nameForm, where: isName)
        .map({ $0.map { Self(name: $0.key, value: $0.value) } }, back: { _ in nil })

    /// Whether a variable can be called so.
    package static func isName(_ text: String) -> Bool {
        !text.isEmpty && !text.utf8.contains(UInt8(ascii: "="))
    }
}

extension StdioSettings.Inheritance {
    private enum Word: String, CaseIterable, Sendable { case usual, all, none }

    private static let word = Format<Word>.choice.map(
        { (word: Word) -> Self in
            switch word {
            case .usual: .usual
            case .all: .all
            case .none: .none
            }
        },
        back: { $0 == .usual ? .usual : nil })

    private static let names = Format<String>.filled.list().map(Self.also, back: { _ in nil })

    fileprivate static let format = Format<Self>.either(word, names) { $0.items != nil }
}
