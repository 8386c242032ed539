package import Wire

extension Envelope {
    /// Reads the envelope that a request brings (MCP 2026-07-28, "Request metadata").
    ///
    /// Throws what the client is to be told when it is incomplete or of a revision not spoken here.
    package convenience init(of message: Message, principal: Principal) throws(Failure) {
        let revision = try Self.revision(of: message)
        let meta = message.meta.map { message.value($0) }
        guard let capabilities = meta?[EnvelopeKey.capabilities], capabilities.kind == .object
        else {
            throw Failure(
                .invalidParams,
                "The request's '_meta' lacks '\(EnvelopeKey.capabilities)', an object.")
        }
        self.init(
            revision: revision, capabilities: ClientCapabilities(capabilities),
            clientName: meta?[EnvelopeKey.client]?["name"]?.string ?? "", principal: principal,
            logLevel: try Self.level(meta?[EnvelopeKey.logLevel]))
    }

    private static func revision(of message: Message) throws(Failure) -> Revision {
        guard let version = message.protocolVersion.flatMap({ message.value($0).string }) else {
            throw missing
        }
        guard let revision = Revision(rawValue: version), revision.isModern else {
            throw unsupported(version)
        }
        return revision
    }

    /// What a client is told whose request does not say of which revision it is.
    package static var missing: Failure {
        Failure(.invalidParams, "The request's '_meta' lacks '\(EnvelopeKey.version)', a string.")
    }

    /// What a client is told that asks for a version which needs no handshake and is not spoken here.
    package static func unsupported(_ version: String) -> Failure {
        var data = JSONWriter()
        data.beginObject()
        data.key("supported")
        data.beginArray()
        for revision in Revision.modern { data.string(revision.rawValue) }
        data.endArray()
        data.key("requested")
        data.string(String(version.prefix(100)))
        data.endObject()
        let spoken = Revision.modern.map(\.rawValue).joined(separator: ", ")
        return Failure(
            .unsupportedVersion,
            "Unsupported protocol version '\(version.prefix(100))'; spoken here: \(spoken), and "
                + "after 'initialize' \(Revision.legacy.map(\.rawValue).joined(separator: ", ")).",
            data: data.bytes)
    }

    private static func level(_ value: Value?) throws(Failure) -> LogLevel? {
        guard let value else { return nil }
        guard let level = value.string.flatMap(LogLevel.init(name:)) else {
            let known = LogLevel.allCases.map(\.name).joined(separator: ", ")
            throw Failure(.invalidParams, "'\(EnvelopeKey.logLevel)' must be one of \(known).")
        }
        return level
    }
}

extension Envelope {
    /// Reads what an `initialize` request says, for all requests of its session (MCP, "Lifecycle").
    package convenience init(opening message: Message, principal: Principal) throws(Failure) {
        let params = message.params.map { message.value($0) }
        guard let proposed = params?["protocolVersion"]?.string else {
            throw Failure(.invalidParams, "'initialize' needs 'protocolVersion', a string.")
        }
        self.init(
            revision: .negotiated(proposed: proposed),
            capabilities: ClientCapabilities(params?["capabilities"]),
            clientName: params?["clientInfo"]?["name"]?.string ?? "", principal: principal)
    }

    /// Reads what `record` has written; nil if that is something else.
    package convenience init?(record: [UInt8], principal: Principal) {
        let value = Value(record, Extent(0..<record.count))
        guard let revision = value["v"]?.string.flatMap(Revision.init(rawValue:)) else {
            return nil
        }
        self.init(
            revision: revision, capabilities: ClientCapabilities(value["c"]),
            clientName: value["n"]?.string ?? "", principal: principal)
    }

    /// What a session was opened with, as a record to be sealed.
    package var record: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("v")
        writer.string(revision.rawValue)
        writer.key("n")
        writer.string(String(clientName.prefix(100)))
        writer.key("c")
        writer.raw(capabilities.offered)
        writer.endObject()
        return writer.bytes
    }
}
