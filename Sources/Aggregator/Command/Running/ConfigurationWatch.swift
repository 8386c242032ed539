import Aggregator
import Machine
import Plugins
import Signing
import Synchronization
import Wire

/// Takes a changed configuration into service, and changed programs of rules that it names; the last
/// good one stays when something is broken.
final class ConfigurationWatch: Sendable {
    private let location: Location
    private let hub: Hub
    private let assembly: Assembly
    private let doors: Doors
    /// The files of TLS that are in force.
    private let certificates: Mutex<[String: FileStamp?]>
    /// The files whose text is in force, or would be if it were not broken, as they were read.
    private let known: Mutex<[String: FileStamp?]>

    /// The files that were not there when they were looked at last.
    private let missed = Mutex<Set<String>>([])
    /// Raised when everything is to be read again, whatever the files look like.
    private let wanted = Signal()

    /// How often the files are looked at; a look costs one system call for each.
    private static let interval = Duration.seconds(1)

    /// Watches the files of a configuration that is in force.
    init(_ loaded: LoadedConfiguration, _ hub: Hub, _ assembly: Assembly, _ doors: Doors) {
        location = loaded.location
        known = Mutex(loaded.files)
        self.hub = hub
        self.assembly = assembly
        self.doors = doors
        certificates = Mutex(loaded.certificateStamps)
    }

    /// Looks until the task is cancelled; of an inline configuration only the files that it names.
    ///
    /// One reload at a time: an older text that takes longer to understand must not replace a newer one.
    func run() async {
        var version: UInt64 = 0
        while !Task.isCancelled {
            let next = assembly.loop.now + Self.interval
            await wanted.wait(after: version, until: next, on: assembly.loop)
            let isWanted = wanted.version > version
            version = wanted.version
            if isChanged || isWanted { await reload() }
        }
    }

    /// Has everything read again soon, whatever the files look like.
    func look() { wanted.raise() }

    /// Whether a file is another one than when it was last looked at, which is noted.
    private var isChanged: Bool {
        known.withLock { known in
            let stamps = known.keys.map { ($0, File.stamp($0)) }
            let gone = repeatedlyMissing(Set(stamps.filter { $0.1 == nil }.map(\.0)))
            var isChanged = false
            for (path, stamp) in stamps where stamp != known[path] ?? nil {
                guard stamp != nil || gone.contains(path) else { continue }
                known.updateValue(stamp, forKey: path)
                isChanged = true
            }
            return isChanged
        }
    }

    /// Takes over certificates that were replaced in their files.
    private func renew(_ loaded: LoadedConfiguration, _ keys: DoorKeys) {
        let stamps = loaded.certificateStamps
        let isSame = certificates.withLock { known in
            defer { known = stamps }
            return known == stamps
        }
        guard !isSame, keys.tls != nil else { return }
        doors.adopt(loaded.configuration, after: loaded.configuration, keys)
        assembly.log(.info, "The certificate of 'inbound.tls' was read again.")
    }

    /// Takes a configuration into service.
    private func apply(_ loaded: LoadedConfiguration, _ keys: DoorKeys) {
        let (new, old) = (loaded.configuration, hub.configuration)
        loaded.warn(assembly.log)
        assembly.recorder?.adopt(new, time: assembly.loop)
        if new.record != old.record {
            assembly.log(
                .notice,
                "What 'record' says about files and upstreams takes effect with the next start.")
        }
        if new.limits.message != old.limits.message {
            assembly.log(
                .warning,
                "What 'limits.message' says takes effect for clients with the next start.")
        }
        hub.apply(
            new, endpoints: assembly.endpoints(new),
            plugins: PluginKinds.chain(
                new, assembly.pluginTools(keepsFiles: true), after: (old, hub.plugins)))
        doors.adopt(new, after: old, keys)
        certificates.withLock { $0 = loaded.certificateStamps }
        assembly.log(.info, "Configuration \(location) was read again.")
    }

    /// The files among those which are not there that were not there at the last look either: one that
    /// is being replaced may be missing for a moment.
    private func repeatedlyMissing(_ missing: Set<String>) -> Set<String> {
        missed.withLock { missed in
            defer { missed = missing }
            return missed.intersection(missing)
        }
    }

    /// Notes which files matter from now on, as they were read.
    private func watch(_ files: [String: FileStamp?], keepingOthers keeps: Bool) {
        known.withLock { known in
            known = known.filter { keeps || $0.key == location.path || files.keys.contains($0.key) }
            known.merge(files) { _, new in new }
        }
    }

    /// Reads everything again and applies it, or says why not.
    private func reload() async {
        if let path = location.path, File.stamp(path) != nil, File.permissions(of: path) == nil {
            return assembly.log(
                .warning, "Configuration \(location) is no regular file, and is not read again.")
        }
        do throws(LoadError) {
            let text = try ConfigurationText(location)
            // An editor may empty a file before it fills it.
            if text.document.scalar?.meaning == .null, !hub.configuration.upstreams.isEmpty {
                throw LoadError(
                    "\(location.name): the file is empty. To have no upstreams, write "
                        + "'upstreams: {}'.\n")
            }
            let names = Expansion.secrets(in: text.document)
            let secrets = await assembly.accounts.secrets(names)
            let loaded = try LoadedConfiguration.read(text, assembly.environment, secrets)
            watch(loaded.files, keepingOthers: false)
            let keys = try await doors.keys(of: loaded)
            guard loaded.configuration != hub.configuration else {
                hub.note(problem: nil)
                return renew(loaded, keys)
            }
            try await loaded.compile(
                assembly.pluginTools(keepsFiles: false), after: hub.configuration)
            hub.note(problem: nil)
            apply(loaded, keys)
        } catch {
            watch(error.files, keepingOthers: true)
            hub.note(problem: error.text)
            assembly.log(
                .error, "Configuration \(location) has errors; the last good one stays.")
            for line in error.text.split(separator: "\n") { assembly.log(.error, "\(line)") }
            hub.announce(
                .error, "The configuration has errors; the last good one stays.\n\(error.text)")
        }
    }
}
