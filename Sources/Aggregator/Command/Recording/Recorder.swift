import Aggregator
import Machine
import Plugins
import Synchronization
import Wire

/// Records what crosses the border to upstreams: takes it where it happens, writes it elsewhere.
///
/// Nothing waits for the disk: what comes faster than it is written is dropped, counted and said.
final class Recorder: Tap {
    /// What waits to be written.
    private struct Queue {
        var seen: [RecordingWriter.Seen] = []
        var bytes = 0
        /// How many messages were dropped since the writer took the last ones.
        var dropped = 0
        var lastLink = 0
    }

    private let upstreams: [Glob]
    private let writer: RecordingWriter
    private let log: Log
    private let queue = Mutex(Queue())
    private let arrived = Aggregator.Signal()
    private let offLoop = OffLoop(threads: 1)
    /// What must not be written, by the configuration that was read last.
    private let secrets: Mutex<Set<String>>

    /// The most bytes that wait; one message may be larger when nothing else does.
    private let mostWaiting: Int
    /// The most messages that wait.
    private static let mostMessages = 100_000

    /// A recorder of these upstreams, or of all without any, into a file that is open; `secrets` must
    /// not be written.
    init(
        _ upstreams: [String], _ writer: RecordingWriter, secrets: Set<String>, log: Log,
        mostWaiting: Int = 16 << 20
    ) {
        self.mostWaiting = mostWaiting
        self.secrets = Mutex(secrets)
        self.upstreams = upstreams.map(Glob.init)
        self.writer = writer
        self.log = log
    }

    func border(to upstream: String) -> (any Border)? {
        guard upstreams.isEmpty || upstreams.contains(where: { $0.matches(upstream) }) else {
            return nil
        }
        let link = queue.withLock { queue in
            queue.lastLink += 1
            return queue.lastLink
        }
        return RecordedBorder(recorder: self, upstream: upstream, link: link)
    }

    /// Puts a message down to be written; never waits.
    fileprivate func take(_ seen: RecordingWriter.Seen) {
        let isFirst = queue.withLock { queue in
            let isFull =
                queue.seen.count >= Self.mostMessages
                || queue.bytes > 0 && queue.bytes + seen.bytes.count > mostWaiting
            guard !isFull else {
                queue.dropped += 1
                return false
            }
            queue.seen.append(seen)
            queue.bytes += seen.bytes.count
            return queue.seen.count == 1
        }
        if isFirst { arrived.raise() }
    }

    /// Writes what comes until the task is cancelled, and then what is left.
    func run() async {
        var version = arrived.version
        while !Task.isCancelled {
            await write()
            await arrived.wait(after: version)
            version = arrived.version
        }
        await write()
    }

    /// Writes what waits, on another thread.
    func write() async {
        while true {
            let batch = queue.withLock { queue in
                defer { (queue.seen, queue.bytes, queue.dropped) = ([], 0, 0) }
                return (seen: queue.seen, dropped: queue.dropped)
            }
            guard !batch.seen.isEmpty || batch.dropped > 0 else { return }
            let news = await offLoop.run { [writer] in
                writer.write(batch.seen, dropped: batch.dropped)
            }
            for line in news { log(.warning, line) }
        }
    }

    /// Takes what must not be written from a configuration that was read again, besides what was
    /// secret before.
    func adopt(_ configuration: Configuration, time: any Timekeeper) {
        let settings = configuration.record?.settings as? RecordSettings ?? RecordSettings()
        let known = secrets.withLock { secrets in
            let latest = Set(configuration.confidential.map(\.value))
            defer { secrets = latest }
            return secrets.union(latest)
        }
        writer.adopt(Redaction(settings, secrets: known, time: time))
    }

    /// Writes the member of the status that tells of it.
    func writeStatus(into status: inout JSONWriter) {
        let state = writer.state
        status.key("recording")
        status.beginObject()
        status.key("file")
        status.string(writer.path)
        for (key, count) in [
            ("messages", state.messages), ("dropped", state.dropped), ("omitted", state.omitted),
        ] {
            status.key(key)
            status.integer(count)
        }
        if let problem = state.problem {
            status.key("error")
            status.string(problem)
        }
        status.endObject()
    }
}

/// One conversation's border.
private struct RecordedBorder: Border {
    let recorder: Recorder
    let upstream: String
    let link: Int

    func saw(_ bytes: [UInt8], isOutgoing: Bool) {
        recorder.take(
            RecordingWriter.Seen(
                bytes: bytes, upstream: upstream, link: link, isOutgoing: isOutgoing,
                at: WallClock.sinceEpoch))
    }
}
