import Wire

extension Session {
    /// How long the client may take to answer a question.
    private static let patience = Duration.seconds(600)

    /// Asks the client on behalf of a call, and waits for its answer.
    func ask(
        _ method: Method, _ params: JSON = [:], for call: Call
    ) async throws(Failure) -> Value {
        questions += 1
        let id = questions
        asking[id] = call
        defer { asking[id] = nil }
        send(["id": .integer(id), "method": .string(method.name), "params": params])
        do throws(Failure) {
            return try await call.reply(within: Self.patience)
        } catch {
            if case .cancelled = error { notify(.cancelled, ["requestId": .integer(id)]) }
            throw error
        }
    }

    /// Hands an answer of the client to the call that asked.
    func hear(_ message: Message) {
        guard let id = message.id, let number = message.value(id).integer else { return }
        asking.removeValue(forKey: number)?.hear(message)
    }

    /// Whether the client offered a capability: `can("sampling", "tools")`.
    func can(_ capability: String, _ detail: String? = nil) -> Bool {
        let offered = capabilities?[capability]
        return (detail.map { offered?[$0] } ?? offered) != nil
    }

    /// Sends a line of the log, when the client wants its level.
    func log(_ level: Level, _ data: JSON) {
        guard level >= self.level else { return }
        notify(.message, ["level": .string(level.name), "logger": "tools", "data": data])
    }
}

/// How grave a line of the log is (RFC 5424).
enum Level: Int, CaseIterable, Comparable {
    case debug, info, notice, warning, error, critical, alert, emergency

    /// The name as the protocol writes it.
    var name: String { "\(self)" }

    /// The level that a request names.
    init(_ value: Value?) throws(Failure) {
        guard let level = Self.allCases.first(where: { $0.name == value?.string }) else {
            throw .invalid("'level' must be one of \(Self.allCases.map(\.name)).")
        }
        self = level
    }

    static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
}
