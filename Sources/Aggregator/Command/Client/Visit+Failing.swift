import Aggregator

extension Visit {
    /// Says why a request failed, and which name may have been meant; the exit code.
    func fail(_ error: RemoteError, like name: String, among kind: Item.Kind) -> Int32 {
        if arguments.has("json") {
            console.write(Array(#"{"error":"#.utf8) + error.json + Array("}\n".utf8))
            return ExitCode.failure
        }
        var text = error.message
        if error.code == -32602 || error.code == -32002 {
            let known = hub.catalog.entries.filter { $0.kind == kind }.map(\.published)
            let near = known.filter { $0.hasSuffix("__\(name)") }
            if let meant = near.first ?? Suggestion.nearest(to: name, among: known) {
                text += " Did you mean '\(meant)'?"
            }
        }
        console.notices.say("manifold: \(Terminal.plain(text))")
        return ExitCode.failure
    }
}
