import Wire

/// Errors of upstreams that would mean something else to a client than they do here.
extension Hub {
    /// Makes an upstream's error fit for the client; most are passed on.
    func adapt(
        error: Value, _ answer: Message, _ call: Call, _ caller: Caller, _ link: Link
    ) -> Answer {
        let isModern = caller.envelope.revision.isModern
        switch error["code"]?.integer {
        case -32042: return adapt(pages: error, answer, call, caller, link)
        case -32020, -32022:
            // They are about our requests to it, which have been tried anew.
            return Answer(
                Failure(
                    .unavailable,
                    "Upstream '\(link.name)' refuses how it is asked: \(Self.words(of: error)).",
                    upstream: link.name), to: call.method, for: caller.envelope.revision)
        case -32021 where isModern && !caller.envelope.capabilities.lack(required(by: error)):
            return Answer(
                Failure(
                    .unavailable,
                    "Upstream '\(link.name)' misses what the client has offered: "
                        + "\(Self.words(of: error)).",
                    upstream: link.name), to: call.method, for: caller.envelope.revision)
        case -32002 where isModern:
            var draft = Draft(answer)
            if let code = error["code"] { draft.replace(code.extent, with: Array("-32602".utf8)) }
            return .relayed(draft)
        default: return .relayed(Draft(answer))
        }
    }

    private func required(by error: Value) -> Value? { error["data"]?["requiredCapabilities"] }

    private static func words(of error: Value) -> String {
        let code = error["code"]?.integer.map { " (\($0))" } ?? ""
        return "\((error["message"]?.string ?? "no reason given").prefix(200))\(code)"
    }

    /// Error -32042 asks the user to open pages: its ids get their upstream's name like all others,
    /// and a client that does not know the code reads the pages as text.
    private func adapt(
        pages error: Value, _ answer: Message, _ call: Call, _ caller: Caller, _ link: Link
    ) -> Answer {
        var draft = Draft(answer)
        let list = error["data"]?["elicitations"].flatMap { $0.kind == .array ? $0 : nil }
        let elicitations = list.map { Array($0.elements) } ?? []
        guard caller.envelope.revision.knowsURLElicitationError || call.method != .toolsCall else {
            let pages = elicitations.map {
                "\($0["message"]?.string ?? "Please open this page"): \($0["url"]?.string ?? "")"
            }
            let text = ([error["message"]?.string ?? ""] + pages).joined(separator: "\n")
            return Answer(Failure(.refused, text, upstream: link.name), to: .toolsCall)
        }
        for elicitation in elicitations {
            guard let id = elicitation["elicitationId"], let text = id.string else { continue }
            draft.replace(id.extent, with: JSONWriter.quoted(link.elicitation(text)))
        }
        return .relayed(draft)
    }
}
