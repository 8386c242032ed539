import Aggregator
import Machine
import Plugins

/// What the configuration and the command line say about recording, and how it is begun.
struct RecordingPlan: Sendable {
    var settings: RecordSettings
    /// Whether there is no point in serving without it.
    let isRequired: Bool

    /// How many processes may record into files of the cache folder at a time.
    private static let mostFiles = 16

    /// What the configuration says; nil if it says nothing.
    init?(_ configuration: Configuration) {
        guard let settings = configuration.record?.settings as? RecordSettings else { return nil }
        self.settings = settings
        isRequired = false
    }

    /// The same with what the command line adds: a file, and upstreams instead of the others.
    init(_ configuration: Configuration, output: String?, upstreams: [String]) {
        settings = configuration.record?.settings as? RecordSettings ?? RecordSettings()
        if let output { settings.file = Text(PathText.absolute(output)) }
        if !upstreams.isEmpty { settings.upstreams = upstreams }
        isRequired = true
    }

    /// What is taken out of recordings of a configuration.
    func redaction(_ configuration: Configuration, time: any Timekeeper) -> Redaction {
        Redaction(settings, secrets: Set(configuration.confidential.map(\.value)), time: time)
    }

    /// Opens the file and returns who writes into it; nil when it cannot be opened and need not be.
    func begin(
        _ configuration: Configuration, _ environment: Environment, loop: EventLoop, log: Log
    ) throws(MachineFailure) -> Recorder? {
        let writer: RecordingWriter
        do throws(MachineFailure) {
            writer = try self.writer(redaction(configuration, time: loop), environment)
        } catch {
            guard !isRequired else { throw error }
            log(.error, "Nothing is recorded. \(error.message)")
            return nil
        }
        log(
            .notice,
            "Recording to '\(writer.path)': what is said to servers and by them, secrets taken out."
        )
        return Recorder(
            settings.upstreams, writer, secrets: Set(configuration.confidential.map(\.value)),
            log: log)
    }

    /// What keeps it from being written, found out without writing; nil if nothing does.
    ///
    /// Another process that writes the file is none: it shows that it can be written.
    func trial(_ environment: Environment) -> PluginTrouble? {
        PluginTrouble(
            Result { () throws(MachineFailure) in
                if let file = settings.file {
                    return try File.tryContinuing(file.value, mark: RecordedLine.mark)
                }
                try File.tryPrivateFolder(try folder(environment))
            })
    }

    private func writer(
        _ redaction: Redaction, _ environment: Environment
    ) throws(MachineFailure) -> RecordingWriter {
        if let file = settings.file {
            return try RecordingWriter(file.value, limit: settings.maxSize, redaction)
        }
        let folder = try folder(environment)
        try File.makePrivateFolder(folder)
        for number in 1...Self.mostFiles {
            let name = number == 1 ? "calls" : "calls-\(number)"
            do throws(MachineFailure) {
                return try RecordingWriter(
                    "\(folder)/\(name).jsonl", limit: settings.maxSize, redaction)
            } catch {
                // Another process writes that one.
                guard error.code == .occupied else { throw error }
            }
        }
        throw MachineFailure(
            .occupied,
            "Could not record: \(Self.mostFiles) processes record into '\(folder)' already.")
    }

    /// Where recordings are without a file of their own.
    private func folder(_ environment: Environment) throws(MachineFailure) -> String {
        guard let cache = PrivateFolders.cache(environment) else {
            throw MachineFailure(
                .missing,
                "Could not record: there is no home folder. Say where with 'record.file' or --output."
            )
        }
        return "\(cache)/recordings"
    }
}
