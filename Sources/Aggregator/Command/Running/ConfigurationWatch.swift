import Aggregator
import Machine
import Plugins
import Signing

/// Takes a changed configuration file into service; the last good one stays when it is broken.
struct ConfigurationWatch: Sendable {
    private let location: Location
    private let hub: Hub
    private let assembly: Assembly

    /// How often the file is looked at; a look costs one system call.
    private static let interval = Duration.seconds(1)

    /// Watches the file of a configuration that is in force.
    init(_ loaded: LoadedConfiguration, _ hub: Hub, _ assembly: Assembly) {
        location = loaded.location
        self.hub = hub
        self.assembly = assembly
    }

    /// Looks until the task is cancelled; an inline configuration is not watched.
    func run() async {
        guard let path = location.path else { return }
        var known = File.stamp(path)
        while !Task.isCancelled {
            await assembly.loop.sleep(for: Self.interval)
            let stamp = File.stamp(path)
            // A file that is being replaced may be missing for a moment.
            guard let stamp, stamp != known else { continue }
            known = stamp
            await reload()
        }
    }

    /// Reads the file again and applies it, or says why not.
    func reload() async {
        do throws(LoadError) {
            let names = Expansion.secrets(in: try LoadedConfiguration.document(location))
            let secrets = await assembly.accounts.secrets(names)
            let loaded = try LoadedConfiguration.read(location, assembly.environment, secrets)
            hub.note(problem: nil)
            guard loaded.configuration != hub.configuration else { return }
            try await loaded.compile(
                assembly.pluginTools(keepsFiles: false), after: hub.configuration)
            if let recorder = assembly.recorder {
                recorder.adopt(loaded.configuration, time: assembly.loop)
            }
            if loaded.configuration.record != hub.configuration.record {
                assembly.log(
                    .notice,
                    "What 'record' says about files and upstreams takes effect with the next start."
                )
            }
            hub.apply(
                loaded.configuration, endpoints: assembly.endpoints(loaded.configuration),
                plugins: PluginKinds.chain(
                    loaded.configuration, assembly.pluginTools(keepsFiles: true),
                    after: (hub.configuration, hub.plugins)))
            assembly.log(.info, "Configuration \(location) was read again.")
        } catch {
            hub.note(problem: error.text)
            assembly.log(
                .error,
                "Configuration \(location) has errors; the last good one stays. \(error.text)")
            hub.announce(
                .error, "The configuration has errors; the last good one stays.\n\(error.text)")
        }
    }
}
