import Aggregator
import Machine
import Wire

/// What an answer of HTTP means that is not the JSON-RPC answer it should be: one table.
struct HTTPFaults: Sendable {
    let upstream: String
    /// Where the request went.
    let place: Place
    /// Whether requests bring something that proves who asks.
    let isAuthorized: Bool

    /// The table for what comes back on a route.
    init(upstream: String, _ route: HTTPRoute) {
        self.upstream = upstream
        place = route.place
        isAuthorized =
            route.authorizer != nil
            || route.fields.headers.contains { Self.proofs.contains($0.name.lowercased()) }
    }

    /// The headers in which clients say who they are.
    private static let proofs: Set = ["authorization", "api-key", "cookie", "x-api-key"]

    /// A connection that did not come about, or ended before the answer did.
    func broken(_ failure: MachineFailure) -> Failure {
        switch failure.delivery {
        case .notSent, nil:
            return Failure(
                .unavailable, "Upstream '\(upstream)' cannot be reached: \(failure.message)",
                upstream: upstream)
        case .unknown, .answered:
            return Failure(
                failure.code == .timedOut ? .timeout : .lost,
                "Upstream '\(upstream)' did not answer to the end: \(failure.message)",
                upstream: upstream, executed: .unknown)
        }
    }

    /// What was refused: in the words of an error of JSON-RPC where the status says nothing.
    func refusal(_ refusal: HTTPRefusal) -> Failure {
        guard (200..<300).contains(refusal.status), let code = refusal.code else {
            return status(refusal.status, refusal.fields)
        }
        let words = (refusal.words ?? "").prefix(300)
        let said = words.isEmpty ? "" : ": \(words)"
        let end = words.hasSuffix(".") ? "" : "."
        return failure(.lost, "answered with the error \(code)\(said)\(end)", .unknown)
    }

    /// A status without a JSON-RPC message.
    func status(_ status: Int, _ fields: HTTPFields) -> Failure {
        switch status {
        case 401, 403: unauthorized(status)
        case 300..<400: redirected(status, fields)
        case 429, 503: busy(status, fields)
        case 408, 499, 500...: failure(.lost, page(status, fields), .unknown)
        case 400..<500: failure(.malformed, page(status, fields), .no)
        default: failure(.malformed, page(status, fields), .unknown)
        }
    }

    /// A stream or a body without the answer.
    func unanswered(_ what: String) -> Failure {
        failure(.lost, "\(what) without an answer.", .unknown)
    }

    /// What cannot be read.
    func unreadable(_ reason: String) -> Failure {
        failure(
            .malformed, "answered with something that is no answer: \(reason)", .unknown)
    }

    private func busy(_ status: Int, _ fields: HTTPFields) -> Failure {
        // A date is not read: it would be judged by another clock.
        let wait = fields["retry-after"].flatMap { Int($0) }
            .flatMap { (1...Self.longestWait).contains($0) ? Duration.seconds($0) : nil }
        let time = wait.map { "in \($0.described)" } ?? "later"
        return failure(
            .refused, "is busy and did not take the request (\(status)). Try again \(time).", .no,
            retryAfter: wait)
    }

    /// In seconds; beyond a day a server does not mean it.
    private static let longestWait = 86_400

    private func unauthorized(_ status: Int) -> Failure {
        if status == 401, isAuthorized {
            return failure(
                .unavailable, "does not accept the authorization that it was given (401).", .no,
                advice: "Replace the token in 'headers', or look at 'auth': it may have expired, "
                    + "or be meant for another server.")
        }
        let what =
            status == 401
            ? "wants an authorization that it was not given (401)"
            : "refuses the authorization that it was given (403)"
        return failure(
            .unavailable, what + ".", .no,
            advice: "Put a token into 'headers', or let 'auth.oauth' get one; nobody can log in "
                + "interactively here.")
    }

    private func redirected(_ status: Int, _ fields: HTTPFields) -> Failure {
        let target = fields["location"].map { place.host(of: $0) } ?? "nowhere"
        return failure(
            .unavailable,
            "redirects to \(target) (\(status)), which is not followed: credentials would go there. "
                + "If you trust it, put its address into 'url'.", .no)
    }

    private func page(_ status: Int, _ fields: HTTPFields) -> String {
        let type = fields["content-type"].map { " '\($0.prefix(60))'" } ?? ""
        let what = type.isEmpty ? "no message" : "a page of the type\(type)"
        return "answered with the status \(status) and \(what) instead of a JSON-RPC message."
    }

    private func failure(
        _ code: Failure.Code, _ rest: String, _ executed: Failure.Executed, advice: String? = nil,
        retryAfter: Duration? = nil
    ) -> Failure {
        Failure(
            code, "Upstream '\(upstream)' \(rest)", advice: advice, upstream: upstream,
            executed: executed, retryAfter: retryAfter)
    }
}
