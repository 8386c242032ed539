package import Aggregator
import Wire

extension JQSettings {
    /// How the settings are written.
    package static let shape: Shape<Self> = {
        var shape = Shape(
            Self(),
            Key.common + [
                Key(
                    "on", \.guarding.hooks, .allHooks,
                    "Where it looks: `request`, `response`, `notification`, `catalog`, or several.",
                    example: "response"),
                Key(
                    "method", \.methods, .patterns,
                    "Which methods, by name or glob; without it those that concern an item.",
                    example: "tools/call"),
                Key(
                    "when", \.condition, Source.conditionFormat,
                    "A jq program; the rule is meant unless its first output is false or null.",
                    example: "'$ctx.client != \"ci\"'"),
                Key(
                    "program", \.program, Source.programFormat,
                    "The jq program: one output in the place of its input; `$ctx` says what it is "
                        + "about.", example: "'.limit //= 20'"),
                Key(
                    "file", \.program, Source.fileFormat,
                    "A file with the program, instead of `program`; a relative path starts from the "
                        + "folder of this file.",
                    example: "rules/mask.jq"),
                Key(
                    "scope", \.part, .choice,
                    "What the program is given: the whole `document`, each `block` of content, or "
                        + "each `text` and the structured content."),
                Key(
                    "empty", \.empty, .choice,
                    "What no output means: that the message is refused, or that the block, item or "
                        + "notification is dropped."),
                Key(
                    "lossy", \.lossy, Format<Lossy>.choice,
                    "What is done with numbers, texts and keys that jq cannot hold: `refuse`, or "
                        + "`pass` them by the rule; by default it counts as a failure.",
                    example: "pass"),
                Key(
                    "shadow", \.isShadow, .bool,
                    "Whether it is only counted, in `manifold status`, what the rule would do."),
                Key(
                    "examples", \.examples, JQSettings.Examples.format,
                    "What `manifold rules test` is to find: a list, or a file with them; without it the "
                        + "file beside that of the program, `mask.json` beside `mask.jq`.",
                    example: "[{ before: { limit: null }, after: { limit: 20 } }]"),
            ] + Key.safety)
        shape.alternatives = ["program", "file"]
        return shape
    }()
}

extension JQSettings.Source {
    /// A program in the configuration itself.
    fileprivate static let programFormat = format(called: "the program")

    /// A condition in the configuration itself.
    fileprivate static let conditionFormat = format(called: "the condition")

    private static func format(called noun: String) -> Format<Self> {
        Format(Format<String>.filled.schema) { node, reading in
            Format<String>.filled.read(node, &reading).map { Self($0, called: noun) }?
                .checked(at: node, &reading)
        }
    }

    /// A program in a file of its own.
    fileprivate static let fileFormat = Format<Self>(Format<Text>.path.schema) { node, reading in
        guard let path = Format<Text>.path.read(node, &reading),
            let text = reading.content(of: path, at: node)
        else { return nil }
        return Self(text, file: path.written, path: path.value).checked(at: node, &reading)
    }

    /// The same, or nil after a report of what a rule cannot do.
    private func checked(at node: Node, _ reading: inout Reading) -> Self? {
        guard let fault else {
            var source = self
            source.mark = node.mark
            return source
        }
        let lines = fault.split(separator: "\n").map(String.init)
        reading.report(
            "\(reading.place ?? "the program"), \(lines.first ?? "")", at: node.mark,
            excerpt: Array(lines.dropFirst()))
        return nil
    }
}

extension JQSettings.Examples {
    /// A list of examples, or the path of a file with them.
    fileprivate static let format: Format<Self> = {
        let list = Format<JQExample>.object(JQExample.shape).list()
        return .either(
            list.map(Self.here, back: { _ in nil }),
            Format<Text>.path.map(Self.file, back: { _ in nil })
        ) { $0.scalar.map { $0.meaning != .null } ?? false }
    }()
}
