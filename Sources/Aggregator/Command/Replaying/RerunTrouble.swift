import Aggregator
import Machine

/// Why a recording could not be compared with a server.
struct RerunTrouble: Error, Sendable {
    let failure: Failure
    /// What the server wrote last to standard error, oldest first, if it is a program of ours.
    var trail: [String] = []

    /// A sentence or more, in the words of the command: a server at a URL has no entry in any
    /// configuration.
    func message(against url: String?) -> String {
        guard let url else { return [failure.reason, failure.advice].text }
        let start = "Upstream '\(RerunProcess.serverName)'"
        var reason = failure.reason
        if reason.hasPrefix(start) {
            // The rest of a URL may be secret.
            let origin = (try? HTTPAddress(url))?.origin ?? "that URL"
            reason = "The server at \(origin)" + reason.dropFirst(start.count)
        }
        let isClosed = failure.code == .unavailable && failure.advice != nil
        return [reason, isClosed ? Self.advice : nil].text
    }

    /// Servers that want to know who asks are let in by an entry only.
    private static let advice =
        "'--against URL' sends no token. Write the server into a configuration, with 'headers' or "
        + "'auth', and say '--against NAME'."
}

extension [String?] {
    fileprivate var text: String { compactMap(\.self).joined(separator: " ") }
}
