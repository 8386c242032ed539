import Machine

/// What AgentCore means when it refuses a request, on either of its two surfaces: a status with a type,
/// or an error of JSON-RPC with a code.
enum AgentCoreTrouble: Sendable, Hashable, CaseIterable {
    /// Something in the request is not as it must be.
    case invalid
    /// The token is missing, or not accepted.
    case unauthorized
    /// The caller may not do this.
    case denied
    /// A signature where a token is wanted, or the other way round.
    case wrongMethod
    /// The signature is not the right one.
    case signature
    /// The keys have expired, or are not known.
    case expired
    /// A quota is used up.
    case exhausted
    /// No such runtime, endpoint or gateway.
    case missing
    /// It is in the way of something else, for good.
    case conflict
    /// The session's machine is being started or stopped.
    case settingUp
    /// The machine did not come up in time.
    case starting
    /// The server says that it does not know the session.
    case lost
    /// The server failed, or was not well.
    case failed
    /// Too many requests.
    case throttled
    /// The service failed.
    case broken
    /// The service, or something before it, cannot take requests just now.
    case unavailable
    /// The service waited too long for the server.
    case late
    /// The request does not accept what there is.
    case unacceptable

    /// Reads a refusal; nil for an error that is the server's own.
    ///
    /// In an answer whose status is a success the codes may be a server's, so that without a type those
    /// count only whose words are the service's, or that change nothing but how soon a read is made
    /// again.
    init?(_ refusal: HTTPRefusal) {
        let words = (refusal.words ?? "").lowercased()
        let status = refusal.status
        if let own = Self.type(refusal).flatMap({ Self(type: $0, words, status) }) {
            self = own
        } else if (200..<300).contains(status) {
            self.init(code: refusal.code ?? 0, words)
        } else if Self.type(refusal) != nil {
            self.init(status: status, words)
        } else if let code = refusal.code, !Self.statuses.contains(status) {
            self.init(serviceCode: code, words)
        } else {
            self.init(status: status, words)
        }
    }

    /// Whether an error in an answer is certain to be the service's and not the server's.
    ///
    /// The service lets few of a server's fields through, and the type is none of them.
    static func isCertain(_ answer: HTTPRefusal) -> Bool {
        let words = (answer.words ?? "").lowercased()
        if let type = type(answer), Self(type: type, words, answer.status) != nil { return true }
        return answer.code == -32010 && begin(String(own(words)), runtimeWords)
    }

    /// Statuses that say enough, whatever comes with them.
    private static let statuses: Set = [401, 402, 403, 406, 429, 500, 502, 503, 504]

    /// The exception's name, without what may stand before and behind it.
    private static func type(_ refusal: HTTPRefusal) -> String? {
        let written = refusal.fields["x-amzn-errortype"] ?? refusal.bodyType
        let name = written?.split(separator: "#").last?.prefix { $0 != ":" }
        return name.flatMap { $0.isEmpty ? nil : String($0) }
    }

    // MARK: By what it says

    /// With the table of MCP runtimes and of gateways.
    private init?(code: Int, _ words: String) {
        switch code {
        case -32003 where Self.begin(words, Self.quotaWords): self = .exhausted
        case -32003 where Self.begin(words, Self.throttleWords): self = .throttled
        case -32004 where words.hasPrefix("no endpoint or agent found"): self = .missing
        case -32005 where words.hasPrefix("session operation in progress"): self = .settingUp
        case -32010: self.init(runtimeError: words)
        case -32603: self = .broken
        default: return nil
        }
    }

    /// With the same table, where the status says that it is the service that speaks.
    private init?(serviceCode code: Int, _ words: String) {
        switch code {
        case -32001: self = .unauthorized
        case -32002: self.init(denied: words)
        case -32003 where Self.begin(words, Self.quotaWords): self = .exhausted
        // Other words are the server's: it may have said them in the middle of its work.
        case -32003 where Self.begin(words, Self.throttleWords): self = .throttled
        case -32004: self = .missing
        case -32005: self.init(conflict: words)
        case -32006: self = .invalid
        case -32010: self.init(runtimeError: words)
        case -32011: self = .unacceptable
        case -32603: self = .broken
        default: return nil
        }
    }

    /// With the exceptions; nil for a name that says no more than the status.
    private init?(type: String, _ words: String, _ status: Int) {
        switch type {
        case "ValidationException": self = .invalid
        case "UnauthorizedException": self = .unauthorized
        case "ServiceQuotaExceededException": self = .exhausted
        case "AccessDeniedException": self.init(denied: words)
        case "ResourceNotFoundException", "UnknownOperationException": self = .missing
        case "ConflictException": self = .conflict
        case "RetryableConflictException": self = .settingUp
        case "RuntimeClientError": self.init(runtimeError: words)
        case "ThrottlingException", "TooManyRequestsException": self = .throttled
        case "InternalServerException": self = .broken
        // A server that fails may name what failed in its own calls of AWS.
        case let type where status < 500 && Self.signatureTypes.contains(type): self = .signature
        case let type where status < 500 && Self.expiryTypes.contains(type): self = .expired
        default: return nil
        }
    }

    private static let signatureTypes: Set = [
        "InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed",
        "IncompleteSignatureException", "MissingAuthenticationTokenException",
    ]
    private static let expiryTypes: Set = [
        "ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException",
        "InvalidClientTokenId",
    ]

    private init(status: Int, _ words: String) {
        switch status {
        case 401: self = .unauthorized
        case 402: self = .exhausted
        case 403: self.init(denied: words)
        case 404: self = .missing
        case 406: self = .unacceptable
        case 409: self.init(conflict: words)
        case 424: self.init(runtimeError: words)
        case 429: self = .throttled
        case 503: self = .unavailable
        case 504: self = .late
        case 500...: self = .broken
        default: self = .invalid
        }
    }

    private init(denied words: String) {
        switch words {
        case let words where words.hasPrefix("authorization method mismatch"): self = .wrongMethod
        case let words where words.hasPrefix("the security token included"): self = .expired
        case let words where words.hasPrefix("the request signature"): self = .signature
        case let words where words.hasPrefix("signature "): self = .signature
        default: self = .denied
        }
    }

    private init(conflict words: String) {
        self = words.hasPrefix("session operation in progress") ? .settingUp : .conflict
    }

    private init(runtimeError words: String) {
        let own = Self.own(words)
        if own.hasPrefix("received error (404)") {
            self = .lost
        } else {
            self = own.hasPrefix("runtime initialization time exceeded") ? .starting : .failed
        }
    }

    /// What the service says of a server, without what it says of every one that fails.
    private static func own(_ words: String) -> Substring {
        let usual = "tool execution error - "
        return words.hasPrefix(usual) ? words.dropFirst(usual.count) : words[...]
    }

    private static let throttleWords = [
        "rate limit", "rate exceeded", "too many requests", "throttl", "request throttled",
        "request was throttled", "limit exceeded",
    ]
    private static let quotaWords = [
        "service quota", "servicequota", "quota", "maximum number of", "account limit",
    ]

    /// What the service says of runtimes that are not well (AgentCore, "Troubleshooting").
    private static let runtimeWords = [
        "received error (", "runtime health check failed", "runtime initialization time exceeded",
    ]

    private static func begin(_ words: String, _ beginnings: [String]) -> Bool {
        beginnings.contains { words.hasPrefix($0) }
    }
}
