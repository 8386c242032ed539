package import Wire

extension Configuration {
    /// Decodes a document, or says everything that is wrong with it.
    ///
    /// `${env:NAME}` is expanded from the given variables and `${secret:NAME}` from the given secrets,
    /// in values only. Relative paths start from `folder`, that of the file; without one they are
    /// refused. What a file has that an entry names is asked of `files`.
    package static func read(
        _ node: Node, vocabulary: Vocabulary, environment: [String: String],
        folder: String? = nil, secrets: Secrets = Secrets(), files: Reading.Files? = nil
    ) throws(Diagnostics) -> Configuration {
        var reading = Reading(
            environment: environment, folder: folder, secrets: secrets, files: files)
        let configuration = shape(vocabulary).read(node, into: &reading)
        guard let configuration, reading.diagnostics.isEmpty else {
            throw Diagnostics(reading.diagnostics)
        }
        return configuration
    }
}
