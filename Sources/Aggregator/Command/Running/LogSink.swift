import Aggregator
import Machine

/// Builds the log that the command line asks for.
enum LogSink {
    /// Levels that may be asked for, by name.
    static let levels: [String: LogLevel] = [
        "debug": .debug, "info": .info, "warning": .warning, "error": .error,
    ]

    static func make(
        _ arguments: Arguments, standard: LogLevel
    ) throws(UsageError) -> Log {
        var threshold = standard
        if let name = arguments["log-level"] {
            guard let level = levels[name] else {
                throw UsageError("'--log-level' must be debug, info, warning or error")
            }
            threshold = level
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
}
