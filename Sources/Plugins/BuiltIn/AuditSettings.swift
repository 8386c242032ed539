package import Aggregator

/// The settings of `audit: { file: … }`.
package struct AuditSettings: CommonSettings {
    package var common = Common()
    /// Where it is written; nil for standard error.
    package var file: Text?
    /// How large the file may grow, in bytes.
    package var maxSize = 64 << 20
    /// How many files that were set aside are kept.
    package var keep = 5
    /// Whether every line is waited for until it is on the disk.
    package var sync = false
    /// Whether arguments and results are written instead of their digests.
    package var payloads = false
    /// What digests are made with, so that nobody can find out what they are of by trying.
    package var hashKey: Text?
    /// Whether an answer is kept back when its line cannot be written.
    package var isRequired = false

    package init() {}

    /// How the settings are written.
    package static let shape = Shape(
        Self(),
        Key.common + [
            Key(
                "file", \.file, .path,
                "Where the lines are appended; private. Without it they go to standard error. One "
                    + "that is moved away or removed is made anew within a second. A relative path "
                    + "starts from the folder of this file.",
                example: "/var/log/manifold/audit.jsonl"),
            Key(
                "maxSize", \.maxSize, .size,
                "How large the file may grow before it is set aside as `file.1`."),
            Key("keep", \.keep, .integer(0...1000), "How many files set aside are kept."),
            Key(
                "sync", \.sync, .bool,
                "Whether every line is on the disk before its call is answered."),
            Key(
                "payloads", \.payloads, .bool,
                "Whether arguments and results themselves are written, instead of their digests."),
            Key(
                "hashKey", \.hashKey, Format<Text>.filled,
                "A secret for the digests (HMAC), so that nobody finds out by trying what they are of.",
                example: "\"${env:AUDIT_KEY}\""),
            Key(
                "required", \.isRequired, .bool,
                "Whether an answer is kept back when its line cannot be written."),
        ])
}
