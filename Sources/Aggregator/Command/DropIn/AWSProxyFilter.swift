import Synchronization
import Upstreams
import Wire

/// What `mcp-proxy-for-aws` does to messages: it adds metadata, has calls signed with the profile that
/// they choose, and lets only tools pass that say that they change nothing, if that is wanted.
final class AWSProxyFilter: RelayFilter {
    /// A member of what is added, and its JSON text.
    private typealias Metadata = [(key: String, value: [UInt8])]

    /// How many pages of tools are read before a call.
    private static let mostPages = 100

    private let metadata: Metadata
    /// The same for who else may sign, by profile.
    private let others: [String: Metadata]
    private let isReadOnly: Bool
    private let profiles: AWSProxyProfiles?
    /// What the lists so far say of tools: whether they only read.
    private let known = Mutex<[String: Bool]>([:])

    /// A filter that adds these texts, or those of the profile that is chosen.
    init(
        metadata: [(key: String, value: String)],
        others: [String: [(key: String, value: String)]] = [:], isReadOnly: Bool,
        profiles: AWSProxyProfiles? = nil
    ) {
        self.metadata = metadata.map { ($0.key, JSONWriter.quoted($0.value)) }
        self.others = others.mapValues { texts in
            texts.map { ($0.key, JSONWriter.quoted($0.value)) }
        }
        self.isReadOnly = isReadOnly
        self.profiles = profiles
    }

    func outgoing(_ parcel: Parcel, _ relay: Relay) async -> RelayVerdict {
        guard let message = parcel.message else { return unread(parcel) }
        if isReadOnly, message.method == .toolsCall, let name = Self.name(message),
            await !isAllowed(name, message, relay), let id = parcel.asked.first
        {
            return refusal("Tool '\(name)' is not available in read-only mode.", message, id)
        }
        switch profiles?.choice(message) ?? .usual(Draft(message)) {
        case .usual(let draft): return .send(annotated(draft, metadata))
        case .other(let profile, let draft):
            return .send(annotated(draft, others[profile] ?? metadata), as: profile)
        case .refused(let reason):
            guard let id = parcel.asked.first else { return .send(parcel.bytes) }
            let name = Self.name(message) ?? ""
            return refusal("Tool call '\(name)' failed: \(reason). Please retry.", message, id)
        }
    }

    private func refusal(_ text: String, _ message: Message, _ id: RelayId) -> RelayVerdict {
        let isModern = message.protocolVersion != nil
        return .answer([(DropInLines.toolError(text, id: id.token, isModern: isModern), id)])
    }

    /// What becomes of a batch, and of what only nearly is a message: no call may pass in it that would
    /// have to be looked at.
    private func unread(_ parcel: Parcel) -> RelayVerdict {
        guard isReadOnly || profiles != nil, parcel.kind != .response else {
            return .send(parcel.bytes)
        }
        let text =
            "Batches and malformed messages do not pass in read-only mode or with several profiles."
        return .answer(parcel.asked.map { (DropInLines.error(-32600, text, id: $0.token), $0) })
    }

    func own(_ parcel: Parcel, as name: String?) -> [UInt8] {
        guard let message = parcel.message else { return parcel.bytes }
        return annotated(Draft(message), name.flatMap { others[$0] } ?? metadata)
    }

    func incoming(_ parcel: Parcel, answering question: Parcel) -> [UInt8] {
        guard question.method == .toolsList, isReadOnly || profiles != nil,
            let message = parcel.message
        else { return parcel.line }
        let line = isReadOnly ? harmless(message) : parcel.line
        guard let profiles,
            let shown = try? Message(scanning: line, limits: Limits(bytes: line.count))
        else { return line }
        return profiles.marked(shown)
    }

    /// A list with only the tools that change nothing.
    private func harmless(_ message: Message) -> [UInt8] {
        guard let result = message.result, let tools = message.value(result)["tools"] else {
            return Draft(message).bytes
        }
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
    private func annotated(_ draft: Draft, _ metadata: Metadata) -> [UInt8] {
        let message = draft.message
        var draft = draft
        guard !metadata.isEmpty, message.methodName != nil, let params = message.params else {
            return draft.bytes
        }
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
        if !missing.isEmpty { draft.edit(meta, set: missing) }
        return draft.bytes
    }

    private func object(_ metadata: Metadata) -> [UInt8] {
        JSONWriter.object(json: metadata.map { ($0.key, $0.value) })
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
