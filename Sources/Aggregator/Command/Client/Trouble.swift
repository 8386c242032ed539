import Aggregator
import Wire

/// What keeps an upstream from showing what it has.
struct Trouble: Sendable {
    let upstream: String
    let message: String

    /// Writes it as an object, for `--json`.
    func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("upstream")
        writer.string(upstream)
        writer.key("message")
        writer.string(message)
        writer.endObject()
    }
}

extension Visit {
    /// Everything that is wrong with the upstreams as far as lists of these kinds are concerned.
    func troubles(of kinds: [Item.Kind]) -> [Trouble] {
        hub.upstreams.filter(\.isEnabled).flatMap { upstream -> [Trouble] in
            guard upstream.isReady else {
                let late = "Upstream '\(upstream.name)' was not ready in time."
                let reason = upstream.lastFailure?.message ?? late
                let isShown = kinds.contains { upstream.counts[$0] != nil }
                let note = isShown ? " Shown is what it had when it worked last." : ""
                return [Trouble(upstream: upstream.name, message: reason + note)]
            }
            return kinds.compactMap { kind in
                upstream.problems[kind].map {
                    Trouble(upstream: upstream.name, message: "List of \(kind.plural): \($0)")
                }
            }
        }
    }

    /// Says what is wrong, one line each.
    func show(_ troubles: [Trouble]) {
        for trouble in troubles {
            let label = console.notices.ink("\(trouble.upstream):", .bad)
            console.notices.say("\(label) \(Terminal.plain(trouble.message))")
        }
    }
}
