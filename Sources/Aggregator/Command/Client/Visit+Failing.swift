import Aggregator

extension Visit {
    /// Says why a request failed, which name may have been meant, and which upstreams are missing;
    /// the exit code.
    func fail(_ error: RemoteError, like name: String, among kind: Item.Kind) -> Int32 {
        let error = error.isLate && !Task.isCancelled ? .late(inTime) : error
        if arguments.has("json") {
            console.write(Array(#"{"error":"#.utf8) + error.json + Array("}\n".utf8))
            return ExitCode.failure
        }
        // Whoever interrupted it has been told so.
        guard !Task.isCancelled else { return ExitCode.failure }
        let isUnknown = error.code == -32602 || error.code == -32002
        let meant =
            isUnknown ? suggestion(for: name, among: kind).flatMap { $0 == name ? nil : $0 } : nil
        // Upstreams do not always say what they did not find.
        let subject = error.message.mentions(name) ? "" : "'\(name)': "
        let text = subject + error.message + (meant.map { " Did you mean '\($0)'?" } ?? "")
        console.notices.say("manifold: \(Terminal.plain(text))")
        if isUnknown || error.code == RemoteError.late {
            // A name says itself by its prefix whom to wait for: for others nobody has waited.
            let waited = error.code == RemoteError.late || !kind.isNamed
            let starting = Set(waited ? [] : unsettled.map(\.name))
            show(
                troubles(of: [kind], areShown: false).filter { !starting.contains($0.upstream) })
        } else if let upstream = error.upstream {
            showLastWords(of: upstream)
        }
        return ExitCode.failure
    }

    /// A published name near to this one, with or without its prefix.
    private func suggestion(for name: String, among kind: Item.Kind) -> String? {
        let known = hub.catalog.entries.filter { $0.kind == kind }
        if let near = Suggestion.nearest(to: name, among: known.map(\.published)) { return near }
        let bare = known.map { String(decoding: $0.target.original, as: UTF8.self) }
        guard let near = Suggestion.nearest(to: name, among: bare) else { return nil }
        return zip(bare, known).first { $0.0 == near }?.1.published
    }
}

extension String {
    /// Whether the word stands in it; `contains` would link all of the standard library's regular
    /// expressions, a megabyte.
    func mentions(_ word: String) -> Bool {
        utf8.indices.contains { utf8[$0...].starts(with: word.utf8) }
    }
}
