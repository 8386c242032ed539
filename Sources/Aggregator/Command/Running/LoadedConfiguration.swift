import Aggregator
import Machine
import Plugins
import Synchronization
import Upstreams
import Wire

/// A configuration that was found, read and understood, and where it came from.
struct LoadedConfiguration: Sendable {
    let location: Location
    var configuration: Configuration
    /// The files that it names and whose text is a part of it, such as programs of rules, as they
    /// were found: nil for one that was not there.
    var files: [String: FileStamp?] = [:]
    /// The text, for messages about it; nil where there is none.
    var source: Source?
    /// The text as it is written, before anything is expanded; nil where there is none.
    var document: Node?
    /// Whether its secrets were read; otherwise something stands for each.
    var hasSecrets = true
    /// What is no mistake, but can hardly be meant.
    var warnings: [Diagnostic] = []
    /// Which upstreams and items rules name.
    var mentions: [Reading.Mention] = []

    /// The kinds that this version knows.
    static let vocabulary = Vocabulary(
        upstreams: UpstreamKinds.all, plugins: PluginKinds.all, record: [PluginKinds.record])

    /// The same with one upstream only.
    func keeping(_ upstream: String) -> Self {
        var loaded = self
        loaded.configuration.upstreams.removeAll { $0.name != upstream }
        return loaded
    }

    /// Finds the configuration where `Location` says, and reads it; its secrets only if they are used.
    static func load(
        flag: String?, _ environment: Environment, usesSecrets: Bool = true
    ) throws(LoadError) -> Self {
        let variables = environment.dictionary
        let found = Location.find(flag: flag, environment: variables) { path in
            File.stamp(path) != nil
        }
        guard let found else {
            throw LoadError(
                "manifold: no configuration found. Write one with 'manifold init', or name a file "
                    + "with --config or $MANIFOLD_CONFIG.\n")
        }
        guard usesSecrets else {
            var loaded = try read(found, environment, .unread)
            loaded.hasSecrets = false
            return loaded
        }
        return try read(found, environment, parse(found))
    }

    /// The same with its secrets, which were not read; the file is not read again, because it may be
    /// a pipe.
    func withSecrets(_ environment: Environment) throws(LoadError) -> Self {
        guard let source, let document else { return self }
        return try Self.read(location, environment, (source, document))
    }

    /// The configuration of a document, with its secrets.
    private static func read(
        _ location: Location, _ environment: Environment, _ parsed: (source: Source, node: Node)
    ) throws(LoadError) -> Self {
        let names = Expansion.secrets(in: parsed.node)
        let secrets = names.isEmpty ? Secrets() : try SecretReading.read(names, environment)
        return try read(location, environment, secrets, parsed)
    }

    /// Reads the configuration at a location, again if need be; not its document, if that is given.
    static func read(
        _ location: Location, _ environment: Environment, _ secrets: Secrets,
        _ parsed: (source: Source, node: Node)? = nil
    ) throws(LoadError) -> Self {
        let (source, node) = if let parsed { parsed } else { try parse(location) }
        let files = Mutex<[String: FileStamp?]>([:])
        var warnings: [Diagnostic] = []
        var mentions: [Reading.Mention] = []
        do throws(Diagnostics) {
            let configuration = try Configuration.read(
                node, vocabulary: vocabulary, environment: environment.dictionary,
                folder: location.path.map { PathText.folder(of: PathText.absolute($0)) },
                secrets: secrets,
                files: { (path) throws(Reading.Unreadable) in
                    let stamp = File.stamp(path.value)
                    files.withLock { _ = $0.updateValue(stamp, forKey: path.value) }
                    return try text(of: path)
                }, warn: { warnings.append($0) }, mention: { mentions.append($0) })
            // A certificate is renewed in its place.
            for path in configuration.inbound.tls?.paths.map(\.text.value) ?? [] {
                files.withLock { _ = $0.updateValue(File.stamp(path), forKey: path) }
            }
            return Self(
                location: location, configuration: configuration, files: files.withLock { $0 },
                source: source, document: node, warnings: warnings, mentions: mentions)
        } catch {
            var failure = LoadError(source.show(error), source.name, error.all)
            failure.files = files.withLock { $0 }
            throw failure
        }
    }

    /// Lets the programs of rules be compiled, where they are not those of `old`; they run nowhere yet.
    func compile(
        _ tools: PluginTools, after old: Configuration? = nil
    ) async throws(LoadError) {
        let problems = await PluginKinds.problems(configuration, tools, after: old)
        guard !problems.isEmpty else { return }
        let others = problems.filter { $0.mark == nil }.map { "\(location.name): \($0.text)\n" }
        let placed = Diagnostics(
            problems.compactMap { problem in
                problem.mark.map {
                    Diagnostic(
                        problem.lines.first ?? "", at: $0, excerpt: Array(problem.lines.dropFirst())
                    )
                }
            })
        throw LoadError(
            (source?.show(placed) ?? "") + others.joined(), location.name, placed.all)
    }

    /// The error that these are wrong with it.
    func error(_ diagnostics: [Diagnostic]) -> LoadError {
        let all = Diagnostics(diagnostics)
        let plain = all.all.map { "\(location.name): \($0.message)\n" }.joined()
        var error = LoadError(source?.show(all) ?? plain, location.name, all.all)
        error.files = files
        return error
    }

    /// The place of the value under these keys, or of the nearest around it that is there.
    func mark(_ keys: String..., item: Int? = nil) -> Node.Mark {
        var node = document
        for key in keys {
            guard let next = node?[key] else { break }
            node = next
        }
        if let items = node?.items, let item, items.indices.contains(item) { node = items[item] }
        return node?.mark ?? Node.Mark(line: 1, column: 1)
    }

    /// Whether a text is what the file means, and nothing that stands for a secret.
    func isKnown(_ text: Text) -> Bool {
        hasSecrets || Expansion.secrets(in: text.written).isEmpty
    }

    /// The warnings with line and caret, as compilers give them.
    var shownWarnings: String {
        warnings.map { source?.show($0, as: .warning) ?? "" }.joined()
    }

    /// Tells the log of the warnings.
    func warn(_ log: Log) {
        for warning in warnings {
            let mark = warning.mark
            log(.warning, "\(location.name):\(mark.line):\(mark.column): \(warning.message).")
        }
    }

    /// The document at a location as it is written, before anything is expanded.
    static func document(_ location: Location) throws(LoadError) -> Node {
        try parse(location).node
    }

    /// The document at a location, and its text for messages.
    static func parse(
        _ location: Location
    ) throws(LoadError) -> (source: Source, node: Node) {
        let text = try bytes(of: location)
        let source = Source(name: location.name, text: text)
        return (source, try node(of: text, source))
    }

    private static func node(of text: [UInt8], _ source: Source) throws(LoadError) -> Node {
        do throws(YAML.Failure) {
            return try YAML.parse(text)
        } catch {
            let diagnostic = Diagnostic(error.reason, at: error.mark)
            throw LoadError(source.show(diagnostic), source.name, [diagnostic])
        }
    }

    /// The text of a file that the configuration names, such as a rule's program.
    private static func text(of path: Text) throws(Reading.Unreadable) -> String {
        do throws(MachineFailure) {
            let bytes = try File.read(path.value, as: path.written, limit: 1 << 20)
            return String(decoding: bytes, as: UTF8.self)
        } catch {
            throw Reading.Unreadable(error.message)
        }
    }

    private static func bytes(of location: Location) throws(LoadError) -> [UInt8] {
        if case .inline(let text) = location { return Array(text.utf8) }
        do throws(MachineFailure) {
            return try File.read(location.path ?? "", limit: 4 << 20)
        } catch {
            throw LoadError("manifold: \(error.message)\n")
        }
    }
}

extension Environment {
    /// The variables by name; of two with the same name the first one counts.
    var dictionary: [String: String] {
        Dictionary(variables.map { ($0.name, $0.value) }) { first, _ in first }
    }
}
