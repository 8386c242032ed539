import Aggregator
import Emulator
import Machine
import Upstreams
import Wire

/// The file of `manifold emulate`: what it says, and its text for messages about it.
struct EmulatorFile {
    let settings: EmulatorSettings
    /// Where relative paths start from.
    let folder: String?
    private let source: Source
    private let node: Node

    /// Reads a file, or says everything that is wrong with it.
    init(_ path: String, _ environment: Environment) throws(LoadError) {
        folder = PathText.folder(of: PathText.absolute(path))
        let text = try ConfigurationText(.flag(path: path))
        (source, node) = (text.source, text.document)
        do throws(Diagnostics) {
            settings = try EmulatorSettings.read(
                node, kinds: LoadedConfiguration.vocabulary.upstreams,
                environment: environment.dictionary, folder: folder
            ).withPlainPrograms
        } catch {
            throw LoadError(
                source.show(error) + Self.hint(node, path), source.name, error.all)
        }
    }

    /// What to say of a file that is one for `serve`.
    static func hint(_ node: Node, _ path: String) -> String {
        guard case .mapping(let entries) = node.content else { return "" }
        let keys = Set(entries.map(\.key))
        guard keys.isDisjoint(with: ["runtimes", "gateways"]),
            !keys.isDisjoint(with: [
                "upstreams", "plugins", "server", "names", "limits", "inbound", "record",
            ])
        else { return "" }
        return """
            '\(path)' is a configuration of 'manifold serve'. One of 'manifold emulate' says what \
            AgentCore runs, such as:
              runtimes:
                mine: { command: [python, server.py, --port, "{port}"] }

            """
    }

    // MARK: Programs that are not there

    /// A program that cannot be started.
    struct Stop {
        /// The keys that lead to what it belongs to.
        let place: [String]
        /// The keys from there to the program.
        let program: [String]
        let sentence: String
    }

    /// The programs that cannot be started; nothing is started to see.
    static func stops(of emulator: Emulator, _ environment: Environment) -> [Stop] {
        let runtimes = emulator.unstartable.map { runtime, failure in
            Stop(
                place: ["runtimes", runtime], program: ["command"],
                sentence: "Could not emulate the runtime '\(runtime)'. \(failure.message)")
        }
        return runtimes
            + emulator.settings.gateways.flatMap { gateway in
                gateway.targets.compactMap { stop(of: $0, behind: gateway.name, environment) }
            }
    }

    private static func stop(
        of target: Configuration.Upstream, behind gateway: String, _ environment: Environment
    ) -> Stop? {
        // What an 'envFile' says of PATH is known when the program is started.
        guard target.isEnabled, let stdio = target.settings as? StdioSettings, stdio.envFile == nil
        else { return nil }
        do throws(MachineFailure) {
            try stdio.launch(inheriting: environment.variables).rehearse()
            return nil
        } catch {
            return Stop(
                place: ["gateways", gateway, "targets", target.name],
                program: ["stdio", "command"],
                sentence: "Could not emulate the target '\(target.name)' of the gateway "
                    + "'\(gateway)'. \(error.message)")
        }
    }

    /// The warning of a program that cannot be started, with line and caret.
    func warning(of stop: Stop) -> String {
        let sentence = stop.sentence.hasSuffix(".") ? stop.sentence.dropLast() : stop.sentence[...]
        let node = (stop.place + stop.program).reduce(Optional(node)) { $0?[$1] }
        let mark = node?.items?.first?.mark ?? node?.mark ?? self.node.mark
        return source.show(Diagnostic(String(sentence), at: mark), as: .warning)
    }
}

extension EmulatorSettings {
    /// The same with targets whose programs are shown as what they are: that a variable is in a path
    /// makes it no secret here.
    fileprivate var withPlainPrograms: Self {
        var settings = self
        for gateway in settings.gateways.indices {
            for target in settings.gateways[gateway].targets.indices {
                let found = settings.gateways[gateway].targets[target].settings
                guard var stdio = found as? StdioSettings,
                    Expansion.secrets(in: stdio.command.written).isEmpty
                else { continue }
                stdio.command = Text(stdio.command.value)
                settings.gateways[gateway].targets[target].settings = stdio
            }
        }
        return settings
    }
}
