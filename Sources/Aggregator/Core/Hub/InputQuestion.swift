import Wire

/// One thing that an upstream wants to know before it goes on with a call.
struct InputQuestion: Sendable {
    /// Under which key it wants the answer, exactly as it came.
    let key: [UInt8]
    let method: Method
    /// The request that a client with a session is asked with.
    private(set) var message: Message

    /// Reads a member of `inputRequests`.
    init(key: [UInt8], _ request: Value, of upstream: String) throws(Failure) {
        let name = request["method"]?.text ?? []
        let method = Method(name)
        guard [.elicit, .createMessage, .rootsList].contains(method) else {
            throw Failure(
                .malformed,
                "Upstream '\(upstream)' asked for input with "
                    + "'\(String(decoding: name.prefix(60), as: UTF8.self))', which no client knows.",
                upstream: upstream, executed: .unknown)
        }
        self.key = key
        self.method = method
        message = try Self.message(method, request["params"], of: upstream)
    }

    private static func message(
        _ method: Method, _ params: Value?, of upstream: String
    ) throws(Failure) -> Message {
        do {
            return try Message(scanning: json(method, params))
        } catch {
            throw Failure(
                .malformed,
                "Upstream '\(upstream)' asked for input with '\(method.name)' in a way that cannot "
                    + "be read: \(error.reason)", upstream: upstream, executed: .unknown)
        }
    }

    /// The request that a client with a session is asked with; its id is put in when it is sent.
    private static func json(_ method: Method, _ params: Value?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("jsonrpc")
        writer.string("2.0")
        writer.key("id")
        writer.integer(0)
        writer.key("method")
        writer.string(method.name)
        if let params {
            writer.key("params")
            writer.raw(params.raw)
        }
        writer.endObject()
        return writer.bytes
    }

    /// The same with what plugins have made of the request.
    func asking(_ message: Message) -> Self {
        var question = self
        question.message = message
        return question
    }

    /// What it asks about.
    var params: Value? { message.params.map { message.value($0) } }

    /// The question as the user sees it: an elicitation names the upstream that asks.
    ///
    /// A page to be opened needs an id in the revisions with sessions, and 2026-07-28 has none.
    func draft(from link: Link, page: () -> String) -> Draft {
        var draft = Draft(message)
        guard method == .elicit, let params else { return draft }
        link.label(params, in: &draft)
        if let id = params["elicitationId"], let text = id.string {
            draft.replace(id.extent, with: JSONWriter.quoted(link.elicitation(text)))
        } else if params["mode"]?.isText("url") == true {
            let id = JSONWriter.quoted(link.elicitation(page()))
            draft.set(member: "elicitationId", of: params.extent, to: id)
        }
        return draft
    }

    /// What the client's answer is to the upstream; nil when it has none to give.
    ///
    /// There is no place for an error among answers, but a user may always turn away.
    func response(to answer: Message) -> [UInt8]? {
        if let result = answer.result { return answer.value(result).copy() }
        return withoutAnswer
    }

    /// What the upstream reads when the client could not be asked; nil when that ends the call.
    var withoutAnswer: [UInt8]? {
        method == .elicit ? Array(#"{"action":"cancel"}"#.utf8) : nil
    }
}
