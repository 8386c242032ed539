package import Aggregator
import Machine
import Signing
import Wire

/// The settings of `bridge: {…}`: a stdio server behind a bridge on AgentCore Runtime.
package struct BridgeSettings: Settings {
    /// Which of a runtime's machines a conversation is had with.
    package enum SessionMode: String, Sendable, CaseIterable {
        /// One of its own, which nobody else gets.
        case session
        /// The one that whoever signs always gets, from wherever.
        case identity
        /// Another one for each message, for servers that need no handshake.
        case request
    }

    /// What every runtime is named by, and how it is called.
    package var runtime = RuntimeSettings()
    /// Which of its machines.
    package var session = SessionMode.session

    package init() {}

    /// How the settings are written.
    package static let format = Format<BridgeSettings>(Self.shape.schema) { node, reading in
        guard let settings = shape.read(node, into: &reading) else { return nil }
        settings.runtime.check(node, &reading)
        return settings
    }

    private static let shape: Shape<BridgeSettings> = {
        let session = Key<BridgeSettings>(
            "session", \.session, .choice,
            "Which of the runtime's machines answers: one for each conversation, the one that belongs "
                + "to the caller's AWS identity, or another one for each message.",
            example: "identity")
        let keys = RuntimeSettings.keys.map { $0.nested(\BridgeSettings.runtime) }
        var shape = Shape(Self(), keys + [session])
        shape.alternatives = ["arn", "id"]
        return shape
    }()
}

/// The names of a runtime's sessions, each of which is one machine; 33 characters or more.
package enum BridgeSession: Sendable {
    /// The same for all messages.
    case fixed(String)
    /// Another one for each.
    case perMessage

    /// The name that the next message carries.
    var next: String {
        switch self {
        case .fixed(let name): name
        case .perMessage: "request-\(UUIDText.random())"
        }
    }

    /// A session that nobody else has.
    static func own() -> Self { .fixed("session-\(UUIDText.random())") }

    /// The session of an AWS identity: the digest of its account, user id and ARN as compact JSON.
    package static func name(account: String, userId: String, arn: String) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        for part in [account, userId, arn] { writer.string(part) }
        writer.endArray()
        return "identity-\(UUIDText.text(Digest.sha256(writer.bytes)[...]))"
    }
}
