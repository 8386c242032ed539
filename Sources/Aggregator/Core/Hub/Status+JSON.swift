import Synchronization
package import Wire

extension UpstreamStatus {
    /// Writes the object that `status` sends.
    package func write(into writer: inout JSONWriter, at now: ContinuousClock.Instant) {
        writer.beginObject()
        writer.member("name", name)
        writer.member("kind", kind)
        writer.member("endpoint", endpoint)
        writer.member("state", state)
        if let outage {
            writer.member("error", outage.failure.account)
            writer.key("nextTrySeconds")
            writer.integer(max(.zero, now.duration(to: outage.until)).components.seconds)
        }
        if case .starting = phase, let startedAt {
            writer.key("startingSeconds")
            writer.integer(startedAt.duration(to: now).components.seconds)
        }
        if let lastFailure { writer.member("lastError", lastFailure.account) }
        if let lastNoise { writer.member("lastSkippedLine", lastNoise) }
        writeServer(into: &writer)
        for (key, value) in counters.named {
            writer.key(key)
            writer.integer(value)
        }
        for kind in Item.Kind.allCases {
            writer.key(kind.member)
            writer.integer(counts[kind] ?? 0)
        }
        writer.strings(
            "problems",
            Item.Kind.allCases.compactMap { kind in
                problems[kind].map { "\(kind.plural): \($0)" }
            })
        writer.strings("standardError", trail)
        writer.endObject()
    }

    private func writeServer(into writer: inout JSONWriter) {
        guard let profile else { return }
        if let label = profile.label { writer.member("server", label) }
        writer.member("protocolVersion", profile.revision.rawValue)
        guard let startTook else { return }
        writer.key("startMilliseconds")
        writer.integer(Int(startTook / .milliseconds(1)))
    }
}

extension Counters.Values {
    /// The figures with the names that `status` uses.
    fileprivate var named: [(String, Int)] {
        [
            ("calls", calls), ("failures", failures), ("cancelled", cancelled),
            ("starts", starts), ("losses", losses), ("questions", questions),
            ("skippedLines", skippedLines),
        ]
    }
}

extension Session {
    /// Writes who is connected and what runs.
    func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", envelope.clientName)
        writer.member("protocolVersion", envelope.revision.rawValue)
        writer.key("inFlight")
        writer.integer(state.withLock { $0.inFlight.count })
        writer.endObject()
    }
}

extension Catalog.Entry {
    /// Writes an object with the published name and what it stands for.
    func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writeMembers(into: &writer)
        writer.endObject()
    }

    /// Writes the members of that object.
    package func writeMembers(into writer: inout JSONWriter) {
        writer.member("kind", kind.rawValue)
        writer.member("published", published)
        writer.member("upstream", target.upstream)
        writer.member("original", String(decoding: target.original, as: UTF8.self))
    }
}

extension JSONWriter {
    /// An array of strings, left out when it is empty.
    fileprivate mutating func strings(_ name: String, _ texts: [String]) {
        guard !texts.isEmpty else { return }
        key(name)
        beginArray()
        for text in texts { string(text) }
        endArray()
    }
}
