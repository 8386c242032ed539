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
    /// Its file, and those that it names and whose text is a part of it, such as programs of rules, as
    /// they were found: nil for one that was not there.
    var files: [String: FileStamp?] = [:]
    /// What is written; nil where nothing is.
    var text: ConfigurationText?
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
            var loaded = try read(ConfigurationText(found), environment, .unread)
            loaded.hasSecrets = false
            return loaded
        }
        return try read(ConfigurationText(found), environment)
    }

    /// The same with its secrets, which were not read; the file is not read again, because it may be
    /// a pipe.
    func withSecrets(_ environment: Environment) throws(LoadError) -> Self {
        guard let text else { return self }
        return try Self.read(text, environment)
    }

    /// What a text means, with the secrets that it names.
    private static func read(
        _ text: ConfigurationText, _ environment: Environment
    ) throws(LoadError) -> Self {
        let names = Expansion.secrets(in: text.document)
        let secrets = names.isEmpty ? Secrets() : try SecretReading.read(names, environment)
        return try read(text, environment, secrets)
    }

    /// What a text means, or what is wrong with it.
    static func read(
        _ text: ConfigurationText, _ environment: Environment, _ secrets: Secrets
    ) throws(LoadError) -> Self {
        let (location, source) = (text.location, text.source)
        let files = Mutex<[String: FileStamp?]>([:])
        if let path = location.path {
            files.withLock { _ = $0.updateValue(text.stamp, forKey: path) }
        }
        var warnings: [Diagnostic] = []
        var mentions: [Reading.Mention] = []
        do throws(Diagnostics) {
            let configuration = try Configuration.read(
                text.document, vocabulary: vocabulary, environment: environment.dictionary,
                folder: location.path.map { PathText.folder(of: PathText.absolute($0)) },
                secrets: secrets,
                files: { (path) throws(Reading.Unreadable) in
                    let stamp = File.stamp(path.value)
                    files.withLock { _ = $0.updateValue(stamp, forKey: path.value) }
                    return try Self.text(of: path)
                }, warn: { warnings.append($0) }, mention: { mentions.append($0) })
            // A certificate is renewed in its place.
            for path in configuration.inbound.tls?.paths.map(\.text.value) ?? [] {
                files.withLock { _ = $0.updateValue(File.stamp(path), forKey: path) }
            }
            return Self(
                location: location, configuration: configuration, files: files.withLock { $0 },
                text: text, warnings: warnings, mentions: mentions)
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

    private var source: Source? { text?.source }

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
        var node = text?.document
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

    /// The text of a file that the configuration names, such as a rule's program.
    private static func text(of path: Text) throws(Reading.Unreadable) -> String {
        do throws(MachineFailure) {
            let bytes = try File.read(path.value, as: path.written, limit: 1 << 20)
            return String(decoding: bytes, as: UTF8.self)
        } catch {
            throw Reading.Unreadable(error.message)
        }
    }
}

extension Environment {
    /// The variables by name; of two with the same name the first one counts.
    var dictionary: [String: String] {
        Dictionary(variables.map { ($0.name, $0.value) }) { first, _ in first }
    }
}
