import Aggregator
import Machine
import Plugins
import Wire

extension Specimen {
    /// What a recording has that a rule could be asked about, in the order in which it happened.
    static func all(in recording: Recording, for rule: JQSettings) -> [Specimen] {
        recording.exchanges.flatMap { exchange -> [Specimen] in
            let result = exchange.answer?.result.flatMap { exchange.answer?.value($0) }
            var found: [Specimen] = []
            if rule.wanted.contains(exchange.method) {
                found.append(
                    Specimen(
                        body: .call(exchange.request, answer: exchange.answer),
                        upstream: exchange.upstream))
            }
            found += exchange.notifications.filter { rule.hears($0.method) }.map {
                Specimen(body: .notice($0), upstream: exchange.upstream)
            }
            if let result { found += items(exchange.method, result, exchange.upstream) }
            return found.map { specimen in
                var specimen = specimen
                specimen.place = exchange.at
                return specimen
            }
        }
    }

    /// Whether something with this scope would have seen it.
    func isCovered(by scope: Scope) -> Bool {
        switch body {
        case .call(let request, _):
            target(of: request).map { scope.covers(request.method, $0) } ?? false
        case .notice: scope.covers(upstream: upstream)
        case .item(let item): scope.covers(item)
        }
    }
}

/// A recording as commands read it: with the part that was set aside, and what is missing said.
enum RecordingFile {
    /// Whether a text is one.
    static func isRecording(_ text: [UInt8]) -> Bool {
        let line = text.prefix { $0 != UInt8(ascii: "\n") }
        return RecordedLine(Array(line)) != nil
    }

    /// The recording in a file, and in the older one beside it.
    static func read(_ path: String, limit: Int, _ notices: Notices) throws -> Recording {
        var parts = [try File.read(path, limit: limit)]
        if File.stamp("\(path).1") != nil {
            parts.insert(try File.read("\(path).1", limit: limit), at: 0)
        }
        return try recording(parts, notices)
    }

    /// The recording that these texts are; throws when they are none.
    static func recording(_ parts: [[UInt8]], _ notices: Notices) throws -> Recording {
        do throws(Recording.Fault) {
            let recording = try Recording(parts)
            for (count, words) in [
                (recording.unreadable, "lines of the recording cannot be read"),
                (recording.omissions.count, "messages were too large to be recorded"),
                (recording.dropped, "messages were not recorded"),
            ] where count > 0 {
                notices.say("manifold: \(count) \(words).")
            }
            return recording
        } catch {
            throw LoadError("manifold: \(error.reason)\n")
        }
    }
}
