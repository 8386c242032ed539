import Aggregator
import Wire

/// What keeps an upstream from showing what it has.
struct Trouble: Sendable {
    let upstream: String
    let message: String
    /// The last lines that it wrote to standard error, oldest first.
    var trail: [String] = []

    /// Writes it as an object, for `--json`.
    func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("upstream")
        writer.string(upstream)
        writer.key("message")
        writer.string(message)
        if !trail.isEmpty {
            writer.key("standardError")
            writer.beginArray()
            for line in trail { writer.string(line) }
            writer.endArray()
        }
        writer.endObject()
    }
}

extension Visit {
    /// Everything that is wrong with the upstreams as far as lists of these kinds are concerned,
    /// which are shown, or are where something was looked for.
    func troubles(of kinds: [Item.Kind], areShown: Bool = true) -> [Trouble] {
        hub.upstreams.filter(\.isEnabled).flatMap { upstream -> [Trouble] in
            guard upstream.isReady else {
                let late = "Upstream '\(upstream.name)' was not ready \(inTime)."
                let obstacle = upstream.obstacle.map { " \($0)" } ?? ""
                let reason = upstream.lastFailure?.account ?? late + obstacle
                let isShown = areShown && kinds.contains { upstream.counts[$0] != nil }
                let note = isShown ? " Shown is what it had when it worked last." : ""
                return [
                    Trouble(
                        upstream: upstream.name, message: reason + note,
                        trail: lastWords(of: upstream))
                ]
            }
            return kinds.compactMap { kind in
                upstream.problems[kind].map {
                    Trouble(upstream: upstream.name, message: "List of \(kind.plural): \($0)")
                }
            }
        }
    }

    /// Says what is wrong, one line each, and below it what the upstream wrote last.
    func show(_ troubles: [Trouble]) {
        for trouble in troubles {
            let label = console.notices.ink("\(trouble.upstream):", .bad)
            console.notices.say("\(label) \(Terminal.plain(trouble.message))")
            show(trouble.trail)
        }
    }

    /// Says what an upstream wrote last to standard error, which may say why it failed.
    func showLastWords(of upstream: String) {
        guard let status = hub.upstreams.first(where: { $0.name == upstream }) else { return }
        show(lastWords(of: status))
    }

    /// How long was waited, in the words of the command line where it says so.
    var inTime: String { arguments["timeout"].map { "within '--timeout \($0)'" } ?? "in time" }

    private func lastWords(of status: UpstreamStatus) -> [String] { Array(status.trail.suffix(5)) }

    private func show(_ trail: [String]) {
        for line in trail {
            console.notices.say(console.notices.ink("  stderr: \(Terminal.plain(line))", .faint))
        }
    }
}
