import Synchronization
import Wire

extension Hub {
    /// Everything that a person wants to know about the running process, as JSON.
    package var status: [UInt8] {
        let (configuration, links, endpoints, listings, catalog, sessions) = state.withLock {
            (
                $0.configuration, $0.links, $0.endpoints, $0.listings, $0.catalog,
                Array($0.sessions.values)
            )
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("name")
        writer.string(services.identity.name)
        writer.key("version")
        writer.string(services.identity.version)
        writer.key("clients")
        writer.beginArray()
        for session in sessions {
            writer.beginObject()
            writer.key("name")
            writer.string(session.envelope.clientName)
            writer.key("protocolVersion")
            writer.string(session.envelope.revision.rawValue)
            writer.key("inFlight")
            writer.integer(session.state.withLock { $0.inFlight.count })
            writer.endObject()
        }
        writer.endArray()
        writer.key("upstreams")
        writer.beginArray()
        for settings in configuration.upstreams {
            let link = links.first { $0.key.upstream == settings.name }?.value
            writer.beginObject()
            writer.key("name")
            writer.string(settings.name)
            writer.key("kind")
            writer.string(settings.kind)
            writer.key("endpoint")
            writer.string(endpoints[settings.name]?.summary ?? "disabled")
            write(link, enabled: settings.isEnabled, into: &writer)
            write(listings[settings.name], settings.name, catalog, into: &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private func write(_ link: Link?, enabled: Bool, into writer: inout JSONWriter) {
        let state = link?.state.withLock { ($0.phase, $0.profile) }
        writer.key("state")
        writer.string(enabled ? state?.0.word ?? "idle" : "disabled")
        switch state?.0 {
        case .resting(let until, let failure), .broken(let until, let failure):
            writer.key("error")
            writer.string(failure.message)
            writer.key("nextTrySeconds")
            let left = max(.zero, services.time.now.duration(to: until))
            writer.integer(Int(left.components.seconds))
        case .idle, .starting, .ready, .ended, nil: break
        }
        if let profile = state?.1 {
            writer.key("server")
            writer.string("\(profile.name) \(profile.version)")
            writer.key("protocolVersion")
            writer.string(profile.revision.rawValue)
        }
        guard let counters = link?.counters else { return }
        let figures = [
            ("calls", counters.calls), ("failures", counters.failures),
            ("cancelled", counters.cancelled), ("starts", counters.starts),
            ("losses", counters.losses), ("questions", counters.questions),
            ("skippedLines", counters.skippedLines),
        ]
        for (key, value) in figures {
            writer.key(key)
            writer.integer(value.value)
        }
    }

    private func write(
        _ listing: Listing?, _ upstream: String, _ catalog: Catalog, into writer: inout JSONWriter
    ) {
        for kind in Item.Kind.allCases {
            writer.key(kind.member)
            writer.integer(
                catalog.entries.filter { $0.kind == kind && $0.target.upstream == upstream }.count)
        }
        guard let problems = listing?.problems, !problems.isEmpty else { return }
        writer.key("problems")
        writer.beginArray()
        for (kind, problem) in problems.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            writer.string("\(kind.plural): \(problem)")
        }
        writer.endArray()
    }
}
