import Aggregator
import Machine
import Wire

/// What is written down about one call.
struct AuditLine {
    private var writer = JSONWriter()
    private var outcome = "unknown"
    private var executed: Failure.Executed?
    private var code: Int?
    private var rule: String?

    /// What is known when it begins.
    init(_ call: Call, _ settings: AuditSettings) {
        begin(call)
        member("upstream", call.target?.upstream)
        member("item", call.target.map { Self.text($0.original[...]) })
        about(call, settings)
    }

    /// What is known of one that leads nowhere: the name as the client said it, and no upstream where
    /// it could be anybody's.
    init(_ miss: Miss, _ settings: AuditSettings) {
        begin(miss.call)
        writer.key("upstream")
        if let upstream = miss.upstream { writer.string(upstream) } else { writer.null() }
        member("item", miss.call.target.map { Self.text($0.original[...]) })
        writer.member("name", Self.text(miss.published[...]))
        about(miss.call, settings)
        note(miss)
    }

    private mutating func begin(_ call: Call) {
        writer.beginObject()
        member("method", call.draft.message.methodName.map { Self.text(call.draft.message[$0]) })
    }

    private mutating func about(_ call: Call, _ settings: AuditSettings) {
        member("client", call.caller?.envelope.clientName)
        member("principal", call.caller?.envelope.principal.name)
        member("protocolVersion", call.caller?.envelope.revision.rawValue)
        member("traceparent", call.traceParent)
        let message = call.draft.message
        payload("arguments", message.arguments.map { message.value($0) }, settings)
    }

    /// What came of it.
    mutating func note(_ answer: Answer, _ settings: AuditSettings) {
        code = answer.errorCode
        executed = answer.executed
        switch answer {
        case .relayed(let draft):
            let message = draft.message
            guard let result = message.result.map({ message.value($0) }) else {
                outcome = "error"
                return
            }
            outcome = answer.asks ? "asked" : result["isError"]?.bool == true ? "toolError" : "ok"
            payload("result", result, settings)
        case .result(let json, _):
            let result = Value(json, Extent(0..<json.count))
            outcome = result["isError"]?.bool == true ? "toolError" : "ok"
            rule = result["_meta"]?["manifold/plugin"]?.string
            if rule != nil { outcome = "refused" }
            payload("result", result, settings)
        case .error: outcome = "error"
        }
    }

    /// What went wrong.
    mutating func note(_ failure: Failure) {
        outcome = failure.rule == nil ? failure.code.word : "refused"
        if failure.rule != nil, failure.code == .timeout { outcome = Failure.Code.timeout.word }
        executed = failure.executed
        code = failure.rpcCode
        rule = failure.rule
    }

    /// Why it leads nowhere: a plugin keeps it from the client, or there is nothing of that name.
    private mutating func note(_ miss: Miss) {
        note(miss.failure)
        rule = rule ?? miss.rule
        switch miss.failure.code {
        case .cancelled: break
        case _ where miss.call.target != nil: outcome = "refused"
        case .invalidParams, .resourceNotFound: outcome = "unknown"
        default: break
        }
    }

    /// The line, with its line feed.
    func written(_ time: String, _ took: Duration) -> [UInt8] {
        var line = JSONWriter()
        line.beginObject()
        line.member("time", time)
        line.member("outcome", outcome)
        if let executed { line.member("executed", executed.rawValue) }
        line.key("milliseconds")
        line.raw(Self.decimal(took))
        if let code {
            line.key("code")
            line.integer(code)
        }
        if let rule { line.member("plugin", rule) }
        var rest = writer
        rest.endObject()
        return line.bytes + [UInt8(ascii: ",")] + rest.bytes.dropFirst() + [UInt8(ascii: "\n")]
    }

    private mutating func member(_ key: String, _ text: String?) {
        if let text { writer.member(key, text) }
    }

    /// A part of the message: its digest, or itself where that was asked for.
    private mutating func payload(_ key: String, _ value: Value?, _ settings: AuditSettings) {
        guard let value else { return }
        writer.key("\(key)Bytes")
        writer.integer(value.extent.count)
        guard !settings.payloads else {
            writer.key(key)
            return writer.value(value)
        }
        let bytes = value.copy()
        let digest =
            settings.hashKey.map { Digest.hmac(key: Array($0.value.utf8), bytes) }
            ?? Digest.sha256(bytes)
        writer.member("\(key)Hash", Digest.hexadecimal(digest))
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix(500), as: UTF8.self)
    }

    /// Milliseconds with three places.
    private static func decimal(_ time: Duration) -> [UInt8] {
        let microseconds = max(0, Int(time / .microseconds(1)))
        let rest = String(1000 + microseconds % 1000).dropFirst()
        return Array("\(microseconds / 1000).\(rest)".utf8)
    }
}

extension Failure.Code {
    /// What the line calls it.
    fileprivate var word: String {
        switch self {
        case .cancelled: "cancelled"
        case .timeout: "timeout"
        case .lost, .forgotten: "lost"
        case .unavailable, .signedOut, .stopping: "unavailable"
        case .refused: "refused"
        case .invalidRequest, .methodNotFound, .invalidParams, .resourceNotFound, .headerMismatch,
            .missingCapability, .unsupportedVersion, .malformed:
            "error"
        }
    }
}
