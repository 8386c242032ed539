import Wire

/// The way back of one request whose answer has a channel of its own, or an envelope of its own.
final class Reply: Outlet {
    private let channel: any Channel
    private let asker: Asker

    /// Who asks, and so what else the client can be told and asked.
    enum Asker: Sendable {
        /// A session: its level decides about log lines, and it can be asked.
        case session(Session)
        /// A request that says everything itself; its client is asked by its answer (`Park`). On a
        /// pipe all such requests are one client's.
        case enveloped(Envelope, pipe: ObjectIdentifier?)
    }

    /// The way back over a channel.
    init(_ channel: any Channel, _ asker: Asker) {
        self.channel = channel
        self.asker = asker
    }

    func send(_ aside: Draft) { channel.send(aside) }
    var isCongested: Bool { channel.isCongested }
    func drained() async { await channel.drained() }

    var client: ObjectIdentifier {
        switch asker {
        case .session(let session): session.client
        case .enveloped(_, let pipe): pipe ?? ObjectIdentifier(self)
        }
    }

    func wants(_ level: LogLevel) -> Bool {
        switch asker {
        case .session(let session): session.wants(level)
        case .enveloped(let envelope, _): envelope.logLevel.map { level >= $0 } ?? false
        }
    }

    func ask(_ question: Draft, origin: QuestionOrigin) async throws(Failure) -> Message {
        switch asker {
        case .session(let session): try await session.ask(question, origin: origin, over: channel)
        case .enveloped:
            throw Failure(.methodNotFound, "The client's protocol revision has no such requests.")
        }
    }
}
