import Aggregator
import Machine
import Upstreams
import Wire

/// How `mcp-agentcore-proxy` speaks: its codes, its texts, its log messages.
struct AgentCoreVoice: RelayVoice {
    static let name = "mcp-agentcore-proxy"

    /// The profile in use, for words of advice.
    let profile: String?
    let isVerbose: Bool

    func answer(_ trouble: RelayTrouble, to id: RelayId, of parcel: Parcel) -> [UInt8] {
        let (code, text) = words(trouble)
        let isCall = parcel.method == .toolsCall
        let advice =
            isCall && trouble.mayHaveRun ? " The tool may have run; look before you try again." : ""
        return DropInLines.error(code, text + advice, id: id.token)
    }

    func preface(_ trouble: RelayTrouble) -> [[UInt8]] {
        guard case .unauthorized(let failure) = trouble, let advice = signIn(failure) else {
            return []
        }
        let text = "Credential refresh failed: \(advice)"
        debug(text)
        return [DropInLines.log("error", text, logger: Self.name)]
    }

    func refusal(_ reason: String, id: [UInt8]?) -> [UInt8] {
        id == nil
            ? DropInLines.error(-32700, "Parse error: \(reason)", id: nil)
            : DropInLines.error(-32600, "Invalid request: \(reason)", id: id)
    }

    func hear(_ event: RelayEvent) -> [[UInt8]] {
        switch event {
        case .renewingCredentials:
            debug("AWS credentials expired; attempting to refresh them and retry")
            return [
                log(
                    "debug",
                    "AWS credentials expired; refreshing assume-role session before retrying request."
                )
            ]
        case .replaying(nil):
            debug("Handshake replay triggered due to -32602")
            return [
                log(
                    "debug",
                    """
                    Handshake replay triggered (-32602). Re-sending initialize and initialized, then \
                    retrying request.
                    """)
            ]
        case .replaying(let status?):
            debug("Handshake replay triggered due to the status \(status)")
            return [
                log(
                    "debug",
                    """
                    Handshake replay triggered (\(status): the session is gone). Re-sending initialize \
                    and initialized, then retrying request.
                    """)
            ]
        case .replayed:
            debug("Handshake replay succeeded; original request retried successfully")
            return [
                log(
                    "debug",
                    "Handshake replay succeeded; original request retried successfully.")
            ]
        case .replayFailed(let trouble):
            let text = "Handshake replay failed: \(words(trouble).text)"
            debug(text)
            return [log("warning", text)]
        case .remark(let text): debug(text)
        case .unheard(let trouble, let parcel):
            let method = parcel.method.name
            debug(
                "\(method.isEmpty ? "A message" : method) was not delivered: \(words(trouble).text)"
            )
        }
        return []
    }

    // MARK: Words

    private func words(_ trouble: RelayTrouble) -> (code: Int, text: String) {
        switch trouble {
        case .refused(let refusal): (-32000, "InvokeAgentRuntime error: \(json(refusal))")
        case .broken(let failure): (-32000, "InvokeAgentRuntime error: \(failure.message)")
        case .unauthorized(let failure):
            signIn(failure).map { (-32000, "Credential refresh failed: \($0)") }
                ?? (
                    -32000,
                    "InvokeAgentRuntime error: Unable to locate credentials. \(failure.message)"
                )
        case .empty: (-32001, "Missing response body from InvokeAgentRuntime")
        case .unreadable(let reason), .cut(let reason):
            (-32002, "Failed to process response body: \(reason).")
        case .late(let limit):
            (-32000, "InvokeAgentRuntime error: it took longer than \(limit.described).")
        }
    }

    /// The error as botocore describes it, without headers: they say nothing to a model.
    private func json(_ refusal: RelayRefusal) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("Error")
        writer.beginObject()
        writer.key("Message")
        writer.string(refusal.message)
        writer.key("Code")
        writer.string(refusal.code)
        writer.endObject()
        writer.key("ResponseMetadata")
        writer.beginObject()
        writer.key("HTTPStatusCode")
        writer.integer(refusal.status)
        writer.key("RetryAttempts")
        writer.integer(refusal.retries)
        writer.endObject()
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// What to do where somebody has to sign in again; nil for other failures.
    func signIn(_ failure: Failure) -> String? {
        guard failure.code == .signedOut else { return nil }
        let option = profile.map { " --profile \($0)" } ?? ""
        return """
            AWS SSO session is expired or invalid. Run `aws sso login\(option)` to refresh it, then \
            retry.
            """
    }

    private func log(_ level: String, _ text: String) -> [UInt8] {
        DropInLines.log(level, text, logger: Self.name)
    }

    /// Tells it on standard error, to who asked for it.
    func debug(_ text: String) {
        if isVerbose { StandardError.write("[\(Self.name)] \(Terminal.plain(text))\n") }
    }
}
