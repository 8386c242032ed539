import Aggregator
import Machine

/// A recording as it lies on disk: a file, and the older half that was set aside, if there is one.
enum RecordingFile {
    /// The largest part that is read.
    private static let limit = 1 << 30

    /// Reads the recording at a path, for a command; with `upstream`, only what concerns that one.
    ///
    /// Says on standard error what is missing in it. `newest` is the file's content if it has been
    /// read already: a pipe can be read once only.
    static func read(
        _ path: String, upstream: String? = nil, newest: [UInt8]? = nil,
        for syntax: Syntax = Replay.syntax
    ) throws(UsageError) -> Recording {
        let older = "\(path).1"
        var parts: [[UInt8]]
        do throws(MachineFailure) {
            let newest = if let newest { newest } else { try File.read(path, limit: limit) }
            parts = [newest]
            if File.stamp(older) != nil { parts.insert(try File.read(older, limit: limit), at: 0) }
        } catch {
            throw UsageError(error.message, syntax)
        }
        let recording = try understood(parts, path, for: syntax)
        guard let upstream else { return recording }
        let names = recording.upstreams
        guard names.contains(upstream) else {
            throw UsageError(
                "'\(path)' has nothing of an upstream '\(upstream)'"
                    + Suggestion.question(for: upstream, among: names), syntax)
        }
        return recording.keeping(upstream)
    }

    /// The same of what has been read already, the oldest part first.
    static func understood(
        _ parts: [[UInt8]], _ path: String, for syntax: Syntax
    ) throws(UsageError) -> Recording {
        do throws(Recording.Fault) {
            let recording = try Recording(parts)
            for line in remarks(on: recording) { StandardError.write("manifold: \(line)\n") }
            return recording
        } catch {
            throw UsageError("Could not read '\(path)': \(error.reason)", syntax)
        }
    }

    /// What somebody should know who relies on it.
    private static func remarks(on recording: Recording) -> [String] {
        var remarks: [String] = []
        if recording.isTorn { remarks.append("The last line was not written to its end.") }
        if recording.unreadable > 0 {
            remarks.append(
                recording.unreadable == 1
                    ? "1 line cannot be read and is left out."
                    : "\(recording.unreadable) lines cannot be read and are left out.")
        }
        if recording.dropped > 0 {
            let verb = recording.dropped == 1 ? "was" : "were"
            remarks.append(
                "\(recording.dropped.counted("message")) came too fast and \(verb) not recorded.")
        }
        if !recording.omissions.isEmpty {
            let count = recording.omissions.count
            let verb = count == 1 ? "was" : "were"
            remarks.append(
                "\(count.counted("message")) \(verb) too large, or could not be redacted, and "
                    + "\(verb) not recorded.")
        }
        return remarks
    }
}
