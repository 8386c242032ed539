import Aggregator
import Machine
import Plugins
import Wire

/// A rule whose examples are to be run: from a configuration, or from a file of its own.
struct TestedRule: Sendable {
    /// What reports call it.
    let name: String
    /// How it is tested.
    let settings: JQSettings
    let examples: [JQExample]
    /// Which calls it is about where it serves.
    let scope: Scope
    /// Where its examples are kept; nil where they are a part of the configuration.
    let file: String?

    /// The largest file of examples.
    private static let limit = 64 << 20

    // MARK: Of a configuration

    /// The jq rules of a configuration, in its order; files of examples that it names must be there,
    /// unless they are to be `made`.
    static func all(
        in loaded: LoadedConfiguration, made: Bool = false
    ) throws(LoadError) -> [TestedRule] {
        var rules: [TestedRule] = []
        for plugin in loaded.configuration.plugins {
            guard let settings = plugin.settings as? JQSettings else { continue }
            rules.append(try TestedRule(settings, number: rules.count + 1, made))
        }
        return rules
    }

    private init(_ settings: JQSettings, number: Int, _ made: Bool) throws(LoadError) {
        name = settings.common.name ?? settings.program?.file ?? "jq rule \(number)"
        scope = Self.scope(settings)
        let sidecar: JQSidecar
        switch settings.examples {
        case .here(let list):
            file = nil
            sidecar = JQSidecar(examples: list)
        case .file(let path):
            file = path.value
            sidecar = try made ? Self.sidecar(path.value) : Self.named(path.value, by: name)
        case .beside:
            file = settings.program?.path.map(JQSidecar.path)
            sidecar =
                try file.map { (path) throws(LoadError) in try Self.sidecar(path) }
                ?? JQSidecar()
        }
        examples = sidecar.examples
        self.settings = Self.settings(sidecar, settings)
    }

    // MARK: Of files

    /// The rules of files and of everything in folders.
    static func all(at paths: [String]) throws(LoadError) -> [TestedRule] {
        var rules: [TestedRule] = []
        for path in paths {
            for file in try files(at: path) { rules.append(try TestedRule(file: file)) }
        }
        return rules
    }

    private static func files(at path: String) throws(LoadError) -> [String] {
        if path.hasSuffix(".jq") { return [path] }
        let names = File.names(in: path)
        guard !names.isEmpty else {
            throw LoadError(
                "manifold: '\(path)' is neither a rule, a file that ends in '.jq', nor a folder "
                    + "with some.\n")
        }
        let base = path.hasSuffix("/") ? path : path + "/"
        var files: [String] = []
        for name in names where !name.hasPrefix(".") {
            if name.hasSuffix(".jq") {
                files.append(base + name)
            } else if !File.names(in: base + name).isEmpty {
                files += try Self.files(at: base + name)
            }
        }
        return files
    }

    private init(file path: String) throws(LoadError) {
        let program = try JQSettings.Source(at: path)
        let sidecarPath = JQSidecar.path(beside: path)
        let sidecar = try Self.sidecar(sidecarPath)
        var settings = sidecar.settings ?? JQSettings()
        settings.program = program
        name = path
        file = sidecarPath
        examples = sidecar.examples
        scope = Self.scope(settings)
        self.settings = settings
    }

    // MARK: Parts

    /// What the file beside a rule says; nothing where there is none.
    static func sidecar(_ path: String) throws(LoadError) -> JQSidecar {
        File.stamp(path) == nil ? JQSidecar() : try contents(path)
    }

    /// What a file says that has to be there, because a rule names it.
    private static func named(_ path: String, by rule: String) throws(LoadError) -> JQSidecar {
        guard File.stamp(path) != nil else {
            throw LoadError(
                "manifold: rule '\(rule)': there is no file '\(path)' ('examples'). 'manifold rules "
                    + "test --accept RECORDING' makes one.\n")
        }
        return try contents(path)
    }

    private static func contents(_ path: String) throws(LoadError) -> JQSidecar {
        let text = try text(at: path)
        do throws(Diagnostics) {
            return try JQSidecar(text)
        } catch {
            throw LoadError(Source(name: path, text: text).show(error), path, error.all)
        }
    }

    private static func text(at path: String) throws(LoadError) -> [UInt8] {
        do throws(MachineFailure) {
            return try File.read(path, limit: limit)
        } catch {
            throw LoadError("manifold: \(error.message)\n")
        }
    }

    private static func settings(_ sidecar: JQSidecar, _ settings: JQSettings) -> JQSettings {
        guard var own = sidecar.settings else { return settings }
        own.program = settings.program
        own.common.name = settings.common.name
        return own
    }

    private static func scope(_ settings: JQSettings) -> Scope {
        settings.common.scope(Set(settings.guarding.hooks), methods: settings.wanted)
    }
}

extension JQSettings.Source {
    /// The program in a file; throws why there is none, or what a rule cannot do in it.
    init(at path: String) throws(LoadError) {
        let text: [UInt8]
        do throws(MachineFailure) {
            text = try File.read(path, limit: 1 << 20)
        } catch {
            throw LoadError("manifold: \(error.message)\n")
        }
        try self.init(checked: String(decoding: text, as: UTF8.self), file: path)
    }

    /// A program; throws what a rule cannot do in it.
    init(
        checked text: String, file: String?, called noun: String = "the program"
    ) throws(LoadError) {
        do throws(RuleFault) {
            try self.init(checking: text, file: file, called: noun)
        } catch {
            throw LoadError("manifold: \(error.reason)\n")
        }
    }
}
