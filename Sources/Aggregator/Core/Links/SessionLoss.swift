/// How servers say that they do not know our session: all the ways, in one table.
///
/// Status and code come first. Words alone prove nothing: tools have sessions of their own, and
/// arguments may be called anything.
package enum SessionLoss {
    /// What a refusal proves.
    package enum Verdict: Sendable, Hashable {
        /// The request was refused for its session, before it was executed.
        case certain
        /// It looks like it; a list that is refused alike proves it.
        case suspected
        case none
    }

    /// Judges the answer to a request that was sent with a session.
    ///
    /// `status` is that of HTTP, nil on a pipe; `code` and `message` are of its JSON-RPC error, nil
    /// if it has none.
    package static func judge(status: Int?, code: Int?, message: String?) -> Verdict {
        switch (status, code) {
        // Some servers say so of methods, as newer revisions want it.
        case (404, -32601): return .none
        // The standard's own way (MCP, "Session Management").
        case (404, _): return .certain
        case (400, _): return message.map(speaksOfSession) == true ? .certain : .none
        // AgentCore says -30001, SDKs the others.
        case (_, -32600), (_, -32602), (_, -32000), (_, -32001), (_, -30001):
            guard let message else { return .none }
            return speaksOfSession(message) || speaksOfGreeting(message) ? .suspected : .none
        // What AgentCore makes of a server's 404.
        case (_, -32004), (_, -32010):
            guard let message else { return .none }
            return speaksOfSession(message) || speaksOfStatus(message) ? .suspected : .none
        default: return .none
        }
    }

    private static func speaksOfStatus(_ message: String) -> Bool {
        message.utf8.indices.contains { message.utf8[$0...].starts(with: "error (404)".utf8) }
    }

    private static func speaksOfSession(_ message: String) -> Bool {
        let text = message.lowercased()
        guard text.contains("session") else { return false }
        return [
            "not found", "no valid", "invalid", "unknown", "expired", "no such", "not exist",
            "missing", "terminated", "closed", "not initialized",
        ].contains { text.contains($0) }
    }

    /// What servers say that have just been started and were not greeted.
    private static func speaksOfGreeting(_ message: String) -> Bool {
        let text = message.lowercased()
        // The Python SDK's words for whatever comes before `initialize`.
        return text == "invalid request parameters" || text.contains("not initialized")
            || text.contains("before initializ")
    }
}
