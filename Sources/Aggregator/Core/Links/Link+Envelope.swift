import Synchronization
import Wire

/// The keys of `_meta` with which a request says by itself who asks (MCP 2026-07-28).
///
/// They belong to one connection: none is ever passed on to the next one.
enum EnvelopeKey {
    static let version = "io.modelcontextprotocol/protocolVersion"
    static let client = "io.modelcontextprotocol/clientInfo"
    static let capabilities = "io.modelcontextprotocol/clientCapabilities"
    static let logLevel = "io.modelcontextprotocol/logLevel"
    static let subscription = "io.modelcontextprotocol/subscriptionId"
    static let server = "io.modelcontextprotocol/serverInfo"

    /// What a client says about itself in a request.
    static let all = [version, client, capabilities, logLevel]
}

/// Everything that is sent is dressed here, and nowhere else, for the era of its connection.
extension Link {
    /// The call as a server of this era reads it.
    ///
    /// From one session with `initialize` to another nothing is looked at.
    func dressed(_ call: Call, isModern: Bool) -> Call {
        guard isModern || call.draft.message.protocolVersion != nil else { return call }
        var call = call
        call.draft = dressed(call.draft, isModern: isModern, caller: call.caller)
        return call
    }

    /// The message with the envelope that this connection wants, or without the one that it had.
    func dressed(_ draft: Draft, isModern: Bool, caller: Caller?) -> Draft {
        var draft = draft
        if isModern {
            stamp(&draft, envelope(for: caller))
        } else if let meta = draft.message.meta, draft.message.value(meta).kind == .object {
            draft.edit(meta, removed: EnvelopeKey.all)
        }
        return draft
    }

    private func envelope(for caller: Caller?) -> [(key: String, value: [UInt8])] {
        var members: [(key: String, value: [UInt8])] = [
            (EnvelopeKey.version, JSONWriter.quoted(Revision.newestModern.rawValue)),
            (EnvelopeKey.client, introduction),
            (EnvelopeKey.capabilities, offered(by: caller)),
        ]
        if let caller, let level = wantedLevel(caller) {
            members.append((EnvelopeKey.logLevel, JSONWriter.quoted(level.name)))
        }
        return members
    }

    /// What a modern server is told that the asker can do.
    ///
    /// It may only ask for what is offered, inside of its results; of what is sent on our own account
    /// it can ask nothing.
    private func offered(by caller: Caller?) -> [UInt8] {
        caller?.envelope.inRounds.offered ?? Array("{}".utf8)
    }

    /// The least severe log line that the asker wants to see about its request; nil for none.
    func wantedLevel(_ caller: Caller) -> LogLevel? {
        if caller.envelope.revision.isModern { return caller.envelope.logLevel }
        return state.withLock { $0.sessions[caller.outlet.client] }?.logLevel
    }

    private func stamp(_ draft: inout Draft, _ members: [(key: String, value: [UInt8])]) {
        let message = draft.message
        if let meta = message.meta, message.value(meta).kind == .object {
            return draft.edit(meta, set: members, removed: [EnvelopeKey.logLevel])
        }
        var writer = JSONWriter()
        writer.beginObject()
        for member in members {
            writer.key(member.key)
            writer.raw(member.value)
        }
        writer.endObject()
        if let meta = message.meta { return draft.replace(meta, with: writer.bytes) }
        if let params = message.params {
            return draft.edit(params, set: [("_meta", writer.bytes)])
        }
        guard let start = message.bytes.firstIndex(of: UInt8(ascii: "{")),
            let end = message.bytes.lastIndex(of: UInt8(ascii: "}"))
        else { return }
        let params = Array(#"{"_meta":"#.utf8) + writer.bytes + [UInt8(ascii: "}")]
        draft.edit(Extent(start..<end + 1), set: [("params", params)])
    }
}
