import Aggregator
import Machine
import Plugins
import Synchronization
import Wire

/// Writes a recording: redacts, cuts, counts, and keeps the file within its bound.
///
/// Called by one thread at a time, which may wait for the disk.
final class RecordingWriter: Sendable {
    /// A message that crossed the border.
    struct Seen: Sendable {
        let bytes: [UInt8]
        let upstream: String
        let link: Int
        let isOutgoing: Bool
        /// When, since 1970.
        let at: Duration
    }

    /// What was written so far.
    struct State: Sendable {
        var messages = 0
        var dropped = 0
        var omitted = 0
        /// Why nothing can be written at the moment.
        var problem: String?
        /// Why messages were left out, as far as it was said.
        var reasons: Set<String> = []
    }

    let path: String
    private let redaction: Mutex<Redaction>
    private let counts = Mutex(State())
    private let keepsakes: Keepsakes
    private let file: AppendFile
    private let messageLimit: Int
    private let batchLimit: Int

    /// The smallest bound of a recording.
    static let smallest = 64 << 10
    /// The largest message that is written, whatever the bound.
    private static let largest = 8 << 20
    /// What is written at a time at least: what is not, is lost when the process is killed.
    private static let batch = 16 << 10

    /// A recording at a path, opened now, of at most `limit` bytes in two files.
    ///
    /// Throws when it cannot be written, or another process writes it.
    init(_ path: String, limit: Int, _ redaction: Redaction) throws(MachineFailure) {
        self.path = path
        self.redaction = Mutex(redaction)
        let limit = max(limit, Self.smallest)
        messageLimit = min(limit / 8, Self.largest)
        batchLimit = min(limit / 8, Self.batch)
        let keepsakes = Keepsakes(
            start: RecordedLine.start(at: WallClock.now), limit: limit / 8)
        self.keepsakes = keepsakes
        file = AppendFile(
            path, limit: limit / 2, kept: 1, isOwn: true, mark: RecordedLine.mark
        ) { keepsakes.bytes }
        try file.open()
    }

    /// Replaces what is taken out from now on.
    func adopt(_ redaction: Redaction) { self.redaction.withLock { $0 = redaction } }

    var state: State { counts.withLock { $0 } }

    /// Writes messages, and that others were dropped before them; returns what people should know.
    func write(_ seen: [Seen], dropped: Int) -> [String] {
        var news: [String] = []
        var batch: [UInt8] = []
        let redaction = redaction.withLock { $0 }
        for seen in seen {
            guard let line = line(seen, redaction, &news) else { continue }
            if batch.count + line.count > batchLimit { flush(&batch, &news) }
            batch += line
        }
        if dropped > 0 {
            counts.withLock { $0.dropped += dropped }
            batch += RecordedLine.dropped(dropped)
            news.append(
                "The recording lacks \(dropped.counted("message")): more came than could be "
                    + "written.")
        }
        flush(&batch, &news)
        return news
    }

    private func flush(_ batch: inout [UInt8], _ news: inout [String]) {
        guard !batch.isEmpty else { return }
        defer { batch = [] }
        do throws(MachineFailure) {
            try file.write(batch, isDurable: false)
            counts.withLock { $0.problem = nil }
        } catch {
            // Said once, not for each message on a disk that is full.
            let isNew = counts.withLock { counts in
                defer { counts.problem = error.message }
                return counts.problem == nil
            }
            if isNew { news.append("Nothing is recorded at the moment. \(error.message)") }
        }
    }

    /// The line of a message; nil for what is no message.
    private func line(_ seen: Seen, _ redaction: Redaction, _ news: inout [String]) -> [UInt8]? {
        let time = WallClock.text(seen.at)
        guard seen.bytes.count <= messageLimit else {
            let digest = Digest.sha256Text(seen.bytes)
            return omission(seen, digest, "it is longer than \(messageLimit) bytes.", time, &news)
        }
        guard let frame = try? Frame(scanning: seen.bytes) else { return nil }
        var lines: [UInt8] = []
        for message in frame.messages {
            do throws(Redaction.Fault) {
                let bytes = try redaction.redacted(message.bytes) ?? message.bytes
                let line = RecordedLine.message(
                    bytes, at: time, upstream: seen.upstream, link: seen.link,
                    isOutgoing: seen.isOutgoing)
                counts.withLock { $0.messages += 1 }
                keepsakes.note(message, line, seen)
                lines += line
            } catch {
                // Without a digest, by which what is secret in it could be guessed.
                lines += omission(seen, "", error.reason, time, &news)
            }
        }
        return lines
    }

    /// The line that stands for a message; why is said once.
    private func omission(
        _ seen: Seen, _ digest: String, _ reason: String, _ time: String, _ news: inout [String]
    ) -> [UInt8] {
        let isNew = counts.withLock { counts in
            counts.omitted += 1
            return counts.reasons.insert(reason).inserted
        }
        if isNew {
            news.append(
                "A message of upstream '\(seen.upstream)' is not in the recording: \(reason)")
        }
        return RecordedLine.omitted(
            bytes: seen.bytes.count, digest: digest, at: time, upstream: seen.upstream)
    }
}

extension WallClock {
    /// A moment since 1970 as ISO 8601 writes it.
    fileprivate static func text(_ moment: Duration) -> String {
        let (seconds, attoseconds) = moment.components
        return text(
            seconds: Int(seconds), milliseconds: Int(attoseconds / 1_000_000_000_000_000))
    }
}

extension Frame {
    /// The messages in it that can be read.
    fileprivate var messages: [Message] {
        switch self {
        case .message(let message): [message]
        case .batch(let batch): batch.compactMap { try? $0.get() }
        }
    }
}
