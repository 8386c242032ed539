import Aggregator
import Machine

/// What `~/.aws/config` and `~/.aws/credentials` say, or the files that variables name instead.
struct AWSProfiles: Sendable, Hashable {
    typealias Section = INIFile.Section

    /// Every profile with what either file says of it; the credentials file wins.
    private(set) var all: [String: Section] = [:]
    /// The profiles of the config file alone.
    private(set) var inConfig: [String: Section] = [:]
    /// The profiles of the credentials file alone.
    private(set) var inCredentials: [String: Section] = [:]
    private(set) var ssoSessions: [String: Section] = [:]
    private(set) var services: [String: Section] = [:]
    /// The paths, as messages name them.
    let configName: String
    let credentialsName: String

    /// Where the two files are, and what changes when they do.
    struct Places: Sendable, Hashable {
        let config: String?
        let credentials: String?
        let configName: String
        let credentialsName: String

        init(_ environment: Environment) {
            configName = environment["AWS_CONFIG_FILE"] ?? "~/.aws/config"
            credentialsName = environment["AWS_SHARED_CREDENTIALS_FILE"] ?? "~/.aws/credentials"
            config = PathExpansion.expand(configName, environment)
            credentials = PathExpansion.expand(credentialsName, environment)
        }

        /// Costs two system calls.
        func stamps(_ files: FileAccess) -> [FileStamp?] {
            [config.flatMap(files.stamp), credentials.flatMap(files.stamp)]
        }
    }

    /// Reads both files; one that is not there is empty.
    init(_ places: Places, _ files: FileAccess) throws(Failure) {
        configName = places.configName
        credentialsName = places.credentialsName
        let config = try Self.file(places.config, configName, files)
        let credentials = try Self.file(places.credentials, credentialsName, files)
        for section in config?.sections ?? [] { adopt(section.name, section.settings) }
        for section in credentials?.sections ?? [] {
            inCredentials[section.name] = section.settings
        }
        all = inConfig.merging(inCredentials) { $0.merging($1) { _, own in own } }
    }

    private mutating func adopt(_ name: String, _ settings: Section) {
        if name == "default" {
            inConfig[name] = settings
        } else if name.hasPrefix("profile") {
            Self.named(name).map { inConfig[$0] = settings }
        } else if name.hasPrefix("sso-session") {
            Self.named(name).map { ssoSessions[$0] = settings }
        } else if name.hasPrefix("services") {
            Self.named(name).map { services[$0] = settings }
        }
    }

    /// The name after a section's kind, which may be quoted.
    private static func named(_ header: String) -> String? {
        guard let words = try? ShellWords.split(header), words.count == 2 else { return nil }
        return words[1]
    }

    private static func file(
        _ path: String?, _ name: String, _ files: FileAccess
    ) throws(Failure) -> INIFile? {
        guard let path, files.stamp(path) != nil else { return nil }
        let bytes: [UInt8]
        do throws(MachineFailure) {
            bytes = try files.read(path)
        } catch {
            if error.code == .missing { return nil }
            throw .credentials(error.message.withoutPeriod)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .credentials("'\(name)' is not UTF-8")
        }
        do throws(INIFile.Fault) {
            return try INIFile(text)
        } catch {
            throw .credentials("line \(error.line) of '\(name)' cannot be read: \(error.reason)")
        }
    }
}

extension String {
    /// The same as a clause, for the end of another sentence.
    var withoutPeriod: String { hasSuffix(".") ? String(dropLast()) : self }
}

extension INIFile.Section {
    /// The text of a key; nil when it is not there or has other keys below it.
    func text(_ key: String) -> String? {
        if case .text(let text) = self[key] { text } else { nil }
    }
}
