import Aggregator
import Machine

/// Builds the log that the command line asks for.
enum LogSink {
    /// Levels that may be asked for, by name.
    static let levels: [String: LogLevel] = [
        "debug": .debug, "info": .info, "warning": .warning, "error": .error,
    ]

    /// A log at the level that was asked for, else at `standard`.
    ///
    /// With `notices`, lines for standard error go between what else is said there.
    static func make(
        _ arguments: Arguments, standard: LogLevel, notices: Notices? = nil
    ) throws(UsageError) -> Log {
        let threshold = try level(arguments) ?? standard
        if let notices, arguments["log-file"] == nil {
            return Log(threshold: threshold) { level, line in
                let tint: Ink.Tint = level >= .error ? .bad : level >= .warning ? .doubtful : .faint
                notices.say(notices.ink("\(level.name):", tint) + " \(Terminal.plain(line))")
            }
        }
        var output = LogOutput.standardError
        if let path = arguments["log-file"] {
            do {
                output = try LogOutput.file(path)
            } catch {
                throw UsageError(error.message)
            }
        }
        return Log(threshold: threshold) { [output] level, line in
            output.write("\(level.name): \(Terminal.plain(line))")
        }
    }

    /// The level that was asked for, if any.
    static func level(_ arguments: Arguments) throws(UsageError) -> LogLevel? {
        guard let name = arguments["log-level"] else { return nil }
        guard let level = levels[name] else {
            throw UsageError(
                "'--log-level' must be debug, info, warning or error, not '\(name)'",
                arguments.syntax)
        }
        return level
    }
}
