package import Wire

/// One pass over a configuration: what is known on the way, and what was found wrong.
///
/// Formats report here and go on, so that one pass finds every error of a file.
package struct Reading: Sendable {
    /// What was found wrong so far.
    package private(set) var diagnostics: [Diagnostic] = []
    /// What the node being read is called in a message, such as `upstream 'clock'`; nil at the top.
    package private(set) var place: String?
    /// Which upstreams rules name so far.
    var mentions: [Mention] = []
    /// The values that were expanded so far.
    private(set) var expanded: Set<String> = []
    /// The folder that relative paths start from; nil when the configuration has none.
    package let folder: String?
    private let environment: [String: String]
    private let secrets: Secrets
    private let files: Files?

    /// Why there is no text of a file: a clause without a period.
    package struct Unreadable: Error {
        package let words: String

        package init(_ words: String) { self.words = words }
    }

    /// The text of a file that a configuration names; what it throws is a sentence why there is none.
    package typealias Files = @Sendable (Text) throws(Unreadable) -> String

    /// A pass that expands `${env:NAME}` from these variables and `${secret:NAME}` from these secrets,
    /// over a file in `folder`.
    package init(
        environment: [String: String], folder: String? = nil, secrets: Secrets = Secrets(),
        files: Files? = nil
    ) {
        self.environment = environment
        self.secrets = secrets
        self.folder = folder
        self.files = files
    }

    /// The text of a file, or nil after a report.
    package mutating func content(of path: Text, at node: Node) -> String? {
        guard let files else {
            report("\(place ?? "the file"): '\(path.written)' cannot be read here", at: node.mark)
            return nil
        }
        do throws(Unreadable) {
            return try files(path)
        } catch {
            report("\(place ?? "the file"): \(error.words)", at: node.mark)
            return nil
        }
    }

    /// Reports a sentence about a place, with lines of another text that it is about.
    package mutating func report(
        _ message: String, at mark: Node.Mark, excerpt: [String] = []
    ) {
        diagnostics.append(Diagnostic(message, at: mark, excerpt: excerpt))
    }

    /// Reports that the node being read is not what its schema says.
    package mutating func reportMismatch(_ schema: Schema, at node: Node) {
        report("\(place ?? "the configuration") must be \(schema.expectation)", at: node.mark)
    }

    /// What a part of the node being read is called in a message.
    package func part(_ name: String) -> String {
        place.map { "\(name) of \($0)" } ?? name
    }

    /// Reads a part under its own name.
    package mutating func within<Result>(
        _ place: String?, _ body: (inout Reading) -> Result
    ) -> Result {
        let outer = self.place
        self.place = place
        defer { self.place = outer }
        return body(&self)
    }

    /// Notes a value that was made of an expanded one, and is as secret.
    package mutating func conceal(_ value: String) { expanded.insert(value) }

    /// A scalar after expansion and what it means; anything else is reported as not fitting.
    package mutating func scalar(
        _ node: Node, expecting schema: Schema
    ) -> (text: Text, meaning: Node.Meaning)? {
        guard let scalar = node.scalar else {
            reportMismatch(schema, at: node)
            return nil
        }
        do throws(Expansion.Fault) {
            let text = try Expansion.expand(
                scalar.text, with: environment, secrets: secrets)
            if text.isExpanded {
                expanded.formUnion(
                    Expansion.values(in: scalar.text, environment, secrets))
            }
            guard !text.value.utf8.contains(0) else {
                report("\(place ?? "the configuration") must not contain NUL", at: node.mark)
                return nil
            }
            let isPlain = text.isExpanded || !scalar.isQuoted
            return (text, isPlain ? Node.Meaning(plain: text.value) : .string)
        } catch {
            report("\(place ?? "the configuration"): \(error.reason)", at: node.mark)
            return nil
        }
    }
}
