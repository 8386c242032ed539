import Aggregator
import Synchronization
import Wire

/// What every file of a recording begins with: the first line, and what was said of each server when
/// its conversation began, which would be lost with the older half.
final class Keepsakes: Sendable {
    private struct Conversation: Hashable {
        let upstream: String
        let link: Int
    }

    private struct State {
        /// The requests whose answers are kept, by their ids.
        var asked: [Conversation: [[UInt8]: (place: String, line: [UInt8])]] = [:]
        /// The lines of each upstream by what they are about, requests with their answers.
        var lines: [String: [String: [UInt8]]] = [:]
        var size = 0
    }

    /// How many conversations may wait for answers, and for how many each.
    private static let mostAsked = 256

    private let start: [UInt8]
    private let limit: Int
    private let state = Mutex(State())

    /// Nothing but the first line yet; at most `limit` bytes are kept.
    init(start: [UInt8], limit: Int) {
        self.start = start
        self.limit = limit
    }

    /// What a file begins with.
    var bytes: [UInt8] {
        state.withLock { state in
            let upstreams = state.lines.sorted { $0.key < $1.key }.map(\.value)
            let lines = upstreams.flatMap { $0.sorted { $0.key < $1.key }.map(\.value) }
            return start + lines.joined()
        }
    }

    /// Looks at a message, and keeps its line if it belongs to a handshake or a list.
    func note(_ message: Message, _ line: [UInt8], _ seen: RecordingWriter.Seen) {
        guard let id = message.id.map({ Array(message[$0]) }) else { return }
        let conversation = Conversation(upstream: seen.upstream, link: seen.link)
        switch (message.kind, seen.isOutgoing) {
        case (.request, true):
            guard let place = message.place else { return }
            state.withLock { state in
                // Requests that were never answered are not kept for ever.
                let count = state.asked[conversation]?.count ?? 0
                if max(count, state.asked.count) >= Self.mostAsked { state.asked = [:] }
                state.asked[conversation, default: [:]][id] = (place, line)
            }
        case (.result, false), (.error, false): settle(id, line, message, conversation)
        default: break
        }
    }

    private func settle(
        _ id: [UInt8], _ line: [UInt8], _ answer: Message, _ conversation: Conversation
    ) {
        state.withLock { state in
            guard let asked = state.asked[conversation]?.removeValue(forKey: id) else { return }
            if state.asked[conversation]?.isEmpty == true { state.asked[conversation] = nil }
            let kept = state.lines[conversation.upstream]?[asked.place]
            // A list that could not be had is no news of it.
            guard answer.kind == .result || kept == nil else { return }
            let size = state.size - (kept?.count ?? 0) + asked.line.count + line.count
            guard size <= limit else {
                // An older one would be taken for the latest.
                state.size -= kept?.count ?? 0
                state.lines[conversation.upstream]?[asked.place] = nil
                return
            }
            state.size = size
            state.lines[conversation.upstream, default: [:]][asked.place] = asked.line + line
        }
    }
}

extension Message {
    /// What a request is about whose answer says what a server is: the method, and the page of a list.
    fileprivate var place: String? {
        switch method {
        case .initialize, .discover: method.name
        case .toolsList, .promptsList, .resourcesList, .resourceTemplatesList:
            method.name + " " + (params.flatMap { value($0)["cursor"]?.string } ?? "")
        default: nil
        }
    }
}
