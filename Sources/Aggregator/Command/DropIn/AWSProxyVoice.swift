import Aggregator
import Machine
import Upstreams
import Wire

/// How `mcp-proxy-for-aws` speaks: a tool that fails is a result for the model to read.
struct AWSProxyVoice: RelayVoice {
    let log: Log

    func answer(_ trouble: RelayTrouble, to id: RelayId, of parcel: Parcel) -> [UInt8] {
        let text = words(trouble)
        guard parcel.method == .toolsCall, let message = parcel.message else {
            return DropInLines.error(-32603, text, id: id.token)
        }
        let name = message.name.flatMap { message.value($0).string } ?? ""
        return DropInLines.toolError(
            sentence(trouble, name: name), id: id.token, isModern: message.protocolVersion != nil)
    }

    func preface(_ trouble: RelayTrouble) -> [[UInt8]] {
        log(.error, words(trouble))
        return []
    }

    func refusal(_ reason: String, id: [UInt8]?) -> [UInt8] {
        DropInLines.error(id == nil ? -32700 : -32600, reason, id: id)
    }

    func hear(_ event: RelayEvent) -> [[UInt8]] {
        switch event {
        case .renewingCredentials: log(.info, "The credentials had expired; others are used.")
        case .replaying(nil): log(.info, "The server was not initialized; it is initialized again.")
        case .replaying(let status?):
            log(.info, "The session is gone (\(status)); the server is initialized again.")
        case .replayed: log(.info, "The server was initialized again.")
        case .replayFailed(let trouble):
            log(.warning, "The server could not be initialized again: \(words(trouble))")
        case .remark(let text): log(.debug, text)
        case .unheard(let trouble, _):
            log(.warning, "A message was not delivered: \(words(trouble))")
        }
        return []
    }

    // MARK: Words

    private func sentence(_ trouble: RelayTrouble, name: String) -> String {
        if isExpiry(trouble) {
            return """
                Tool call '\(name)' failed due to expired or invalid AWS credentials. Please refresh \
                your credentials and retry. The proxy will automatically use the new credentials on \
                the next request. (\(words(trouble)))
                """
        }
        let advice =
            trouble.mayHaveRun ? "It may have run; look before you retry." : "Please retry."
        return "Tool call '\(name)' failed: \(words(trouble)) \(advice)"
    }

    private func isExpiry(_ trouble: RelayTrouble) -> Bool {
        switch trouble {
        case .unauthorized: true
        case .refused(let refusal): refusal.isExpiry || refusal.status == 401
        case .broken, .empty, .unreadable, .cut, .late: false
        }
    }

    private func words(_ trouble: RelayTrouble) -> String {
        switch trouble {
        case .refused(let refusal): "\(refusal.message) (\(refusal.code), HTTP \(refusal.status))."
        case .broken(let failure): failure.message
        case .unauthorized(let failure):
            """
            No AWS credentials available. Configure credentials or use --skip-auth to send unsigned \
            requests. \(failure.message)
            """
        case .empty: "the server's answer is empty."
        case .unreadable(let reason), .cut(let reason):
            "the server's answer cannot be used: \(reason)."
        case .late(let limit): "it took longer than \(limit.described) (--tool-timeout)."
        }
    }
}
