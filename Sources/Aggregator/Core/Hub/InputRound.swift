import Wire

/// What an upstream asks before it goes on with a call, and how the call goes on then
/// (MCP 2026-07-28, "Input required").
struct InputRound: Sendable {
    let questions: [InputQuestion]
    /// The upstream's `requestState` exactly as it came; nil when it gave none.
    private let state: [UInt8]?

    /// How much may be asked at a time.
    private static let most = 64

    /// Reads a result; nil when it is of another type.
    init?(_ result: Value, of upstream: String) throws(Failure) {
        guard result["resultType"]?.isText("input_required") == true else { return nil }
        var questions: [InputQuestion] = []
        if let requests = result["inputRequests"], requests.kind == .object {
            for (key, request) in requests.members {
                guard questions.count < Self.most else {
                    throw Self.failure(upstream, "more than \(Self.most) things at once")
                }
                questions.append(try InputQuestion(key: key.copy(), request, of: upstream))
            }
        }
        self.questions = questions
        state = result["requestState"]?.copy()
        if questions.isEmpty, state == nil { throw Self.failure(upstream, "nothing at all") }
    }

    private static func failure(_ upstream: String, _ what: String) -> Failure {
        Failure(
            .malformed,
            "Upstream '\(upstream)' asked for input before it goes on, but for \(what).",
            upstream: upstream, executed: .unknown)
    }

    /// The call with the answers, in the order of the questions, and with the upstream's state; all
    /// else in it is what it was.
    ///
    /// A message of its own, so that what the link changes in it meets none of these changes.
    func repeated(_ call: Call, _ answers: [[UInt8]]) throws(Failure) -> Call {
        let whole = try written(call.draft, call)
        guard let params = whole.params else { return call }
        var set: [(key: String, value: [UInt8])] = []
        var removed: [String] = []
        if questions.isEmpty {
            removed.append("inputResponses")
        } else {
            set.append(("inputResponses", responses(answers)))
        }
        if let state {
            set.append(("requestState", state))
        } else {
            removed.append("requestState")
        }
        var draft = Draft(whole)
        draft.edit(params, set: set, removed: removed)
        var next = call
        next.draft = Draft(try written(draft, call))
        next.isContinued = true
        next.isDirect = false
        return next
    }

    /// The answers under the keys of their questions, both byte for byte.
    private func responses(_ answers: [[UInt8]]) -> [UInt8] {
        var json = [UInt8(ascii: "{")]
        for (question, answer) in zip(questions, answers) {
            if json.count > 1 { json.append(UInt8(ascii: ",")) }
            json += question.key
            json.append(UInt8(ascii: ":"))
            json += answer
        }
        json.append(UInt8(ascii: "}"))
        return json
    }

    private func written(_ draft: Draft, _ call: Call) throws(Failure) -> Message {
        var bytes: [UInt8] = []
        draft.write(into: &bytes)
        do {
            return try Message(scanning: bytes)
        } catch {
            throw Failure(
                .refused,
                "Could not send '\(call.method.name)' again with answers: \(error.reason)",
                upstream: call.target?.upstream, executed: .unknown)
        }
    }
}
