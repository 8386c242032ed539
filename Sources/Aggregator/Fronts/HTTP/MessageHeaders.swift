import Aggregator
import Wire

/// The headers in which a request of 2026-07-28 repeats what its body says, so that intermediaries
/// need not read that (MCP 2026-07-28, "Standard headers").
struct MessageHeaders {
    private let fields: Fields
    private let hub: Hub

    init(_ fields: Fields, _ hub: Hub) {
        self.fields = fields
        self.hub = hub
    }

    /// Refuses a request whose headers are missing, repeated or say something else than its body.
    func check(_ message: Message) throws(Failure) {
        let version = message.protocolVersion.flatMap { message.value($0).text }
        try check(.mcpProtocolVersion, says: version)
        guard message.kind == .request else { return }
        let name = message.methodName.map { Array(message[$0]) }
        try check(.mcpMethod, says: name)
        guard let kind = namedBy(message) else { return }
        try check(.mcpName, says: kind.flatMap { message.value($0).text }, isEncoded: true)
        if message.method == .toolsCall { try checkParameters(message) }
    }

    /// What `Mcp-Name` repeats: the name or the URI; nil of a method that has none.
    private func namedBy(_ message: Message) -> Extent?? {
        switch message.method {
        case .toolsCall, .promptsGet: .some(message.name)
        case .resourcesRead: .some(message.uri)
        default: nil
        }
    }

    /// `meant` is nil when the body does not say it, which is a fault of another kind.
    private func check(
        _ name: FieldName, says meant: [UInt8]?, isEncoded: Bool = false
    ) throws(Failure) {
        let count = fields.count(of: name)
        guard count == 1, let value = fields[name] else {
            throw Failure(
                .headerMismatch,
                count == 0
                    ? "The header '\(name.text)' is missing."
                    : "The header '\(name.text)' is there more than once.")
        }
        guard let meant else { return }
        let said = isEncoded ? HeaderText.decode(Array(value.bytes)) : Array(value.bytes)
        guard said == meant else { throw mismatch(name.text) }
    }

    private func checkParameters(_ message: Message) throws(Failure) {
        guard let name = message.name.flatMap({ message.value($0).text }),
            let parameters = hub.catalog.headerParameters(ofTool: name)
        else { return }
        let wrong = parameters.mismatch(with: message.arguments.map { message.value($0) }) { name in
            guard let name = FieldName(name) else { return [] }
            return fields.values(of: name).map { Array($0.bytes) }
        }
        if let wrong { throw mismatch(wrong) }
    }

    private func mismatch(_ name: String) -> Failure {
        Failure(.headerMismatch, "The header '\(name)' does not say what the message says.")
    }
}
