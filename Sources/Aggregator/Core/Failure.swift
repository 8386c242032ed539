package import Wire

/// Why something could not be done, in words that a user can act on.
///
/// Becomes a JSON-RPC error, or for `tools/call` a result with `isError`, in one place only:
/// `Answer+Failure.swift`. Never holds arguments, bodies or secrets.
package struct Failure: Error, Sendable, Hashable {
    /// What kind of failure it is; decides the JSON-RPC code.
    package enum Code: Sendable, Hashable {
        /// The client's message broke the protocol (-32600).
        case invalidRequest
        /// Nobody here knows the method (-32601).
        case methodNotFound
        /// The parameters name nothing known, or lack something (-32602).
        case invalidParams
        /// No upstream owns the resource (-32002, or -32602 for newer clients; MCP, "Resources").
        case resourceNotFound
        /// A header and the message that it came with say different things (-32020).
        case headerMismatch
        /// The request needs something that its client did not declare (-32021).
        case missingCapability
        /// The request is of a revision that is not spoken here (-32022).
        case unsupportedVersion
        /// The upstream is not connected and did not become so in time.
        case unavailable
        /// Whoever signed in at the portal that gives out credentials has to do so again.
        case signedOut
        /// The upstream went away while the call was under way.
        case lost
        /// The upstream does not know our session any more, and refused the request for that.
        case forgotten
        /// The upstream did not answer in time.
        case timeout
        /// The upstream answered something that is not an answer.
        case malformed
        /// The caller does not want the answer any more.
        case cancelled
        /// A plugin or a limit refused the call.
        case refused
        /// The process is going down.
        case stopping
    }

    /// Whether the upstream may have carried out the request.
    package enum Executed: String, Sendable, Hashable {
        case no, unknown, yes
    }

    private struct Parts: Sendable, Hashable {
        let code: Code
        let message: String
        let advice: String?
        let upstream: String?
        let executed: Executed
        let data: [UInt8]?
        let rule: String?
        let retryAfter: Duration?
        let clue: String?
    }

    /// Behind one reference: every asynchronous function on the way of a call keeps room for a failure.
    private indirect enum Content: Sendable, Hashable {
        case parts(Parts)
    }

    private let content: Content

    /// A failure; unless said otherwise the upstream has not run anything.
    ///
    /// `message` says what went wrong, and nothing about whether the call ran: that is `executed`,
    /// and is said once, in front of `advice`, which is what the user can do. `data` is the JSON of
    /// the error's `data`, where its code wants one; `rule` the plugin that decided so; `retryAfter`
    /// when it may be worth another try. `clue` is a sentence for callers, about where they find
    /// more: no part of `message`, which such places show themselves.
    package init(
        _ code: Code, _ message: String, advice: String? = nil, upstream: String? = nil,
        executed: Executed = .no, data: [UInt8]? = nil, rule: String? = nil,
        retryAfter: Duration? = nil, clue: String? = nil
    ) {
        content = .parts(
            Parts(
                code: code, message: message, advice: advice, upstream: upstream,
                executed: executed, data: data, rule: rule, retryAfter: retryAfter, clue: clue))
    }

    /// The process goes down before the answer of a request is there.
    package static func stopping(_ method: Method) -> Failure {
        let mayHaveRun = Item.Kind(routedBy: method) != nil
        return Failure(
            .stopping,
            "Manifold ended before the answer came"
                + (mayHaveRun ? "; the call may have run." : "."),
            executed: mayHaveRun ? .unknown : .no)
    }

    /// The same of a call of which more may have been carried out than this failure knows.
    func inPart(of upstream: String) -> Failure {
        Failure(
            code, parts.message, advice: parts.advice, upstream: upstream,
            executed: executed == .no ? .unknown : executed, data: data, rule: rule,
            retryAfter: retryAfter, clue: clue)
    }

    private var parts: Parts {
        switch content {
        case .parts(let parts): parts
        }
    }

    /// Whether the tool ran: the only place that says so of a failure.
    private var fate: String? {
        switch executed {
        case .no: advice == nil ? nil : "The tool did not run."
        case .unknown where isUpstreamFault && (upstream != nil || rule != nil):
            "The call may have run; look before you try again."
        case .unknown, .yes: nil
        }
    }

    /// Sentences behind each other; a server's words do not always end like one.
    private static func text(_ sentences: [String?]) -> String {
        var text = ""
        for case let sentence? in sentences {
            let isOpen = text.last.map { $0 != "." && $0 != "?" && $0 != "!" } ?? false
            text += (text.isEmpty ? "" : isOpen ? ". " : " ") + sentence
        }
        return text
    }

    package var code: Code { parts.code }
    /// What went wrong, without what it means and what the user can do.
    package var reason: String { parts.message }
    /// What the user can do, where it matters whether the tool ran.
    package var advice: String? { parts.advice }
    /// "<could not do what> <'subject'>: <reason>.", whether the tool ran where that is in doubt,
    /// and what the user can do, if known.
    package var message: String { Self.text([reason, fate, advice]) }
    /// The same where no call is spoken of, such as why an upstream is not there.
    package var account: String { Self.text([reason, advice]) }
    /// The same for callers, with the clue.
    package var told: String { parts.clue.map { "\(message) \($0)" } ?? message }
    /// Where callers find more; nil where there is no more, or they see it anyway.
    package var clue: String? { parts.clue }
    /// The upstream concerned, by its configured name.
    package var upstream: String? { parts.upstream }
    package var executed: Executed { parts.executed }
    /// The JSON of the error's `data`; nil where there is nothing but the upstream to tell.
    package var data: [UInt8]? { parts.data }
    /// The plugin that decided so, by its name; nil when it was none.
    package var rule: String? { parts.rule }
    /// When it may be worth another try; nil when nothing is known about that.
    package var retryAfter: Duration? { parts.retryAfter }

    /// The code of the JSON-RPC error that says this.
    package var rpcCode: Int {
        switch code {
        case .invalidRequest: -32600
        case .methodNotFound: -32601
        case .invalidParams: -32602
        case .resourceNotFound: -32002
        case .headerMismatch: -32020
        case .missingCapability: -32021
        case .unsupportedVersion: -32022
        case .cancelled: -32800
        case .unavailable, .signedOut, .lost, .forgotten, .timeout, .malformed, .refused, .stopping:
            -32603
        }
    }

    /// Whether the fault lies with an upstream rather than with the request.
    package var isUpstreamFault: Bool {
        switch code {
        case .unavailable, .signedOut, .lost, .forgotten, .timeout, .malformed, .refused: true
        case .invalidRequest, .methodNotFound, .invalidParams, .resourceNotFound, .headerMismatch,
            .missingCapability, .unsupportedVersion, .cancelled, .stopping:
            false
        }
    }
}
