package import Aggregator

/// The settings of `record: {…}`: what is recorded, and where.
package struct RecordSettings: Settings {
    /// Where it is written; nil for a file of its own in the user's cache folder.
    package var file: Text?
    /// The most bytes of the recording on disk.
    package var maxSize = 64 << 20
    /// Names or globs of the upstreams that are recorded; empty for all.
    package var upstreams: [String] = []
    /// What is taken out besides what always is.
    var redact = Redact()

    package init() {}

    /// The value of `redact`.
    struct Redact: Sendable, Equatable {
        var selection = Selection()
    }

    /// How the settings are written.
    package static let shape = Shape(
        Self(),
        [
            Key(
                "file", \.file, .path,
                "Where it is written; private. Without it, a file in `~/.cache/manifold/recordings`. "
                    + "A relative path starts from the folder of this file.",
                example: "/var/log/manifold/calls.jsonl"),
            Key(
                "maxSize", \.maxSize, .size,
                "How much is kept, at least 64 KiB; the older half goes first, out of `file.1`."),
            Key(
                "upstream", \.upstreams, .upstreams,
                "Which upstreams are recorded: a name or glob, or several; all without it.",
                example: "[crm, \"docs*\"]"),
            Key(
                "redact", \.redact, .object(Redact.shape),
                "What is replaced by `[redacted]` besides values of `${env:…}` and `${secret:…}`, "
                    + "values under names such as `password`, and tokens in texts."),
        ])
}

extension RecordSettings.Redact {
    fileprivate static let shape = Shape(
        Self(),
        [
            Key(
                "patterns", \.selection.patterns, .expressions,
                "Regular expressions (PCRE2); of one with a group, only the group is replaced.",
                example: "[\"[0-9]{9,}\"]"),
            Key(
                "fields", \.selection.fields, .fields,
                "Places in messages, and in text that is JSON.",
                example: "[\"params.arguments.iban\", \"**.email\"]"),
        ])
}
