import Aggregator
import Wire

/// What came of sending a recording once more; pure.
struct RerunReport: Sendable {
    /// A request that was answered in another way.
    struct Change: Sendable {
        /// The method, the item and what was asked of it.
        let title: String
        /// What was recorded, as a document whose one member is `result` or `error`.
        let before: [UInt8]
        /// What is answered today; nil if nothing is.
        let after: [UInt8]?
        /// Why nothing is.
        let failure: String?
    }

    var same = 0
    var differences: [Change] = []
    /// Calls of tools that do not say that they only read.
    var unsafe = 0
    /// Calls of tools that the server does not list.
    var unlisted = 0
    /// One of these, and a tool that the server lists under the same name with a prefix.
    var renamed: (recorded: String, published: String)?
    /// Requests of which something was taken out before they were written down.
    var masked = 0
    /// Calls that somebody would have to answer questions for.
    var asking = 0

    /// Whether something was compared, and everything is answered as it was.
    var isGood: Bool { differences.isEmpty && same > 0 }

    // MARK: For people

    /// A diff of each answer that is another one, and a line that sums up.
    func text(_ ink: Ink) -> String {
        differences.map { text($0, ink) }.joined() + summary(ink) + "\n"
    }

    private func text(_ change: Change, _ ink: Ink) -> String {
        let title = Terminal.plain(change.title)
        let head = ink(title.count > 200 ? title.prefix(200) + "…" : title, .strong) + "\n"
        guard let after = change.after else {
            return head + ink("  failed: ", .bad) + Terminal.plain(change.failure ?? "") + "\n\n"
        }
        let lines = ValueDiff.lines(
            before: Value(change.before, Extent(0..<change.before.count)),
            after: Value(after, Extent(0..<after.count)))
        return head + ValueDiff.text(lines, ink) + "\n"
    }

    private func summary(_ ink: Ink) -> String {
        var parts = [
            ink("\(same) same", same > 0 ? .good : nil),
            ink("\(differences.count) different", differences.isEmpty ? nil : .bad),
        ]
        if unsafe > 0 {
            parts.append(
                unsafe == 1
                    ? "1 not sent: its tool does not say that it only reads (--all sends it)"
                    : "\(unsafe) not sent: their tools do not say that they only read (--all sends "
                        + "them)")
        }
        if unlisted > 0 {
            parts.append(
                unlisted == 1
                    ? "1 not sent: the server lists no tool of its name"
                    : "\(unlisted) not sent: the server lists no tools of their names")
        }
        if masked > 0 {
            parts.append(
                "\(masked) not sent: secrets were taken out of \(masked == 1 ? "it" : "them")")
        }
        if asking > 0 {
            parts.append(
                "\(asking) not sent: \(asking == 1 ? "it asks" : "they ask") for somebody's input")
        }
        let isNothing = same == 0 && differences.isEmpty
        return parts.joined(separator: ", ") + (isNothing ? ". Nothing was compared." : ".")
            + remedy
    }

    /// What to do about a server that puts prefixes before the names that were recorded.
    private var remedy: String {
        guard let renamed else { return "" }
        let (recorded, published) = (renamed.recorded, renamed.published)
        return Terminal.plain(
            " '\(recorded)' is called '\(published)' there: a recording has the names of the server "
                + "itself. Compare it with that server, or with a Manifold whose configuration has "
                + "'names: { prefix: never }'.")
    }

    // MARK: For programs

    /// All of it as one document.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (key, number) in [
            ("same", same), ("different", differences.count), ("notReadOnly", unsafe),
            ("notListed", unlisted), ("redacted", masked), ("asking", asking),
        ] {
            writer.key(key)
            writer.integer(number)
        }
        writer.key("changes")
        writer.beginArray()
        for change in differences { Self.write(change, into: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ change: Change, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("request")
        writer.string(change.title)
        writer.key("before")
        writer.raw(change.before)
        if let after = change.after {
            writer.key("after")
            writer.raw(after)
        }
        if let failure = change.failure {
            writer.key("failure")
            writer.string(failure)
        }
        writer.endObject()
    }
}
