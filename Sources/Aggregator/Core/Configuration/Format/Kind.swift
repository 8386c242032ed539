import Wire

/// One kind of upstream or plugin, as the configuration sees it: a key and the settings under it.
///
/// The modules that implement kinds list them; the core does not know any.
package struct Kind: Sendable {
    /// The key, such as `stdio`.
    package let name: String
    private let makeSchema: @Sendable () -> Schema.Key
    /// What holds for its upstreams unless their entries say otherwise.
    let usual: Usual
    /// The kind's settings, or nil after a report.
    let read: @Sendable (Node, inout Reading) -> (any Settings)?

    /// A kind whose settings have a format, which is made when it is first needed.
    package init<Value: Settings>(
        _ name: String, _ format: @autoclosure @escaping @Sendable () -> Format<Value>,
        _ documentation: String, example: String? = nil,
        usual: Usual = Usual()
    ) {
        self.name = name
        self.usual = usual
        makeSchema = {
            Schema.Key(
                name: name, documentation: documentation, schema: format().schema,
                example: example)
        }
        read = { format().read($0, &$1) }
    }

    /// What is said about it.
    package var schema: Schema.Key { makeSchema() }

    /// Defaults of one kind's own.
    package struct Usual: Sendable {
        /// How long to wait for a server.
        package var timeouts = Configuration.Timeouts()
        /// Names of tools that would be unclear as they are: original name to base.
        package var rename: [String: String] = [:]

        package init() {}
    }

    /// The settings of an entry, or nil after a report.
    func settings(_ entry: Node.Entry, _ reading: inout Reading) -> (any Settings)? {
        read(entry.value, &reading)
    }
}

/// The kinds that a configuration may name.
package struct Vocabulary: Sendable {
    package let upstreams: [Kind]
    package let plugins: [Kind]
    /// The sections about recording: one, or none where nothing can be recorded.
    package let record: [Kind]

    /// The kinds of upstream and of plugin, in the order of the documentation, and of recordings.
    package init(upstreams: [Kind], plugins: [Kind], record: [Kind] = []) {
        self.upstreams = upstreams
        self.plugins = plugins
        self.record = record
    }
}
