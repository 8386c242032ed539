package import Wire

extension Configuration {
    /// Decodes a document, or says everything that is wrong with it.
    ///
    /// `${env:NAME}` is expanded from the given variables and `${secret:NAME}` from the given secrets,
    /// in values only. Relative paths start from `folder`, that of the file; without one they are
    /// refused. What a file has that an entry names is asked of `files`. What is no mistake, but can
    /// hardly be meant, is told to `warn`, and what rules are about to `mention`.
    package static func read(
        _ node: Node, vocabulary: Vocabulary, environment: [String: String],
        folder: String? = nil, secrets: Secrets = Secrets(), files: Reading.Files? = nil,
        warn: (Diagnostic) -> Void = { _ in }, mention: (Reading.Mention) -> Void = { _ in }
    ) throws(Diagnostics) -> Configuration {
        var reading = Reading(
            environment: environment, folder: folder, secrets: secrets, files: files)
        let configuration = shape(vocabulary).read(node, into: &reading)
        guard var configuration, reading.diagnostics.isEmpty else {
            throw Diagnostics(reading.diagnostics)
        }
        let upstreams = configuration.upstreams.map(\.name)
        for warning in reading.strangers(to: upstreams) { warn(warning) }
        for known in reading.acquaintances(of: upstreams) { mention(known) }
        let secrets = reading.expanded.union(Self.writtenSecrets(node))
        configuration.confidential = Set(secrets.map { Text($0, written: "${…}") })
        return configuration
    }

    /// What is written out under names that sound secret.
    private static func writtenSecrets(_ node: Node, named name: String = "") -> Set<String> {
        switch node.content {
        case .scalar(let scalar):
            let isSecret =
                SecretName.fits(name) && Node.Meaning(plain: scalar.text) == .string
                && !scalar.text.contains("${")
            // A token is known without the word in front of it as well.
            let words = scalar.text.split(separator: " ").map(String.init)
            return isSecret ? Set([scalar.text] + words.suffix(1)) : []
        case .sequence(let items):
            return items.reduce(into: []) { $0.formUnion(writtenSecrets($1, named: name)) }
        case .mapping(let entries):
            return entries.reduce(into: []) {
                $0.formUnion(writtenSecrets($1.value, named: $1.key))
            }
        }
    }
}
