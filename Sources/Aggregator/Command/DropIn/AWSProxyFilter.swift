import Synchronization
import Upstreams
import Wire

/// What `mcp-proxy-for-aws` does to messages: it adds metadata, and lets only tools pass that say that
/// they change nothing, if that is wanted.
final class AWSProxyFilter: RelayFilter {
    /// How many pages of tools are read before a call.
    private static let mostPages = 100

    /// Names and JSON texts.
    private let metadata: [(key: String, value: [UInt8])]
    private let isReadOnly: Bool
    /// What the lists so far say of tools: whether they only read.
    private let known = Mutex<[String: Bool]>([:])

    /// A filter that adds these texts.
    init(metadata: [(key: String, value: String)], isReadOnly: Bool) {
        self.metadata = metadata.map { ($0.key, JSONWriter.quoted($0.value)) }
        self.isReadOnly = isReadOnly
    }

    func outgoing(_ parcel: Parcel, _ relay: Relay) async -> RelayVerdict {
        guard let message = parcel.message else { return .send(parcel.bytes) }
        if isReadOnly, message.method == .toolsCall, let name = Self.name(message),
            await !isAllowed(name, message, relay), let id = parcel.asked.first
        {
            let text = "Tool '\(name)' is not available in read-only mode."
            return .answer(
                DropInLines.toolError(
                    text, id: id.token, isModern: message.protocolVersion != nil), to: id)
        }
        return .send(annotated(message))
    }

    func incoming(_ parcel: Parcel, answering question: Parcel) -> [UInt8] {
        guard isReadOnly, question.method == .toolsList, let message = parcel.message,
            let result = message.result, let tools = message.value(result)["tools"]
        else { return parcel.line }
        let kept = tools.elements.filter(note)
        var writer = JSONWriter()
        writer.beginArray()
        for tool in kept { writer.raw(tool.raw) }
        writer.endArray()
        var draft = Draft(message)
        draft.replace(tools.extent, with: writer.bytes)
        return draft.bytes
    }

    // MARK: Metadata

    /// The message with the metadata that the client has not given itself.
    private func annotated(_ message: Message) -> [UInt8] {
        guard !metadata.isEmpty, message.methodName != nil, let params = message.params else {
            return message.bytes
        }
        var draft = Draft(message)
        guard let meta = message.meta else {
            draft.set(member: "_meta", of: params, to: object(metadata))
            return draft.bytes
        }
        let given = message.value(meta)
        guard given.kind == .object else {
            draft.replace(meta, with: object(metadata))
            return draft.bytes
        }
        let missing = metadata.filter { given[$0.key] == nil }
        guard !missing.isEmpty else { return message.bytes }
        draft.edit(meta, set: missing)
        return draft.bytes
    }

    private func object(_ members: [(key: String, value: [UInt8])]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for member in members {
            writer.key(member.key)
            writer.raw(member.value)
        }
        writer.endObject()
        return writer.bytes
    }

    // MARK: Only reading

    private static func name(_ message: Message) -> String? {
        message.name.flatMap { message.value($0).string }
    }

    /// Notes what a tool says of itself; whether it only reads.
    private func note(_ tool: Value) -> Bool {
        guard let name = tool["name"]?.string else { return false }
        let reads = tool["annotations"]?["readOnlyHint"]?.bool == true
        known.withLock { $0[name] = reads }
        return reads
    }

    /// Whether a tool only reads; the server is asked about one that no list has named yet.
    private func isAllowed(_ name: String, _ call: Message, _ relay: Relay) async -> Bool {
        if let reads = known.withLock({ $0[name] }) { return reads }
        var cursor: Value?
        for _ in 0..<Self.mostPages {
            guard let answer = await relay.list("tools/list", cursor, like: call),
                let message = answer.message, let extent = message.result
            else { return false }
            let result = message.value(extent)
            if let tools = result["tools"] { for tool in tools.elements { _ = note(tool) } }
            if let reads = known.withLock({ $0[name] }) { return reads }
            cursor = result["nextCursor"]
            guard let cursor, !cursor.isNull else { return false }
        }
        return false
    }
}
