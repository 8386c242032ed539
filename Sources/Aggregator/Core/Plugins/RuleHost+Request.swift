import Wire

extension RuleHost {
    /// What becomes of a request.
    enum Outcome {
        case send(Call)
        case answered(Answer)
    }

    /// Lets the rule judge a request; one that it cannot judge is refused, unless it may pass.
    func request(_ call: Call) async throws(Failure) -> Outcome {
        do throws(RuleFault) {
            let (draft, document) = try call.document
            switch try await rule.judge(document, context(.request, call)) {
            case .pass: return .send(call)
            case .replace(let json):
                guard json[...] != document.value.raw else { return .send(call) }
                let changed = try call.replacing(document, of: draft, with: json)
                counters.changes.add(1)
                return .send(changed)
            case .answer(let json):
                try Replacement.check(json, instead: nil, .result)
                counters.changes.add(1)
                return .answered(.result(json, executed: .no))
            case .refuse(let reason):
                counters.changes.add(1)
                return .answered(
                    Answer(refusal(call, "refused \(call.subject): \(reason)"), to: call))
            }
        } catch {
            if let end = cancellation(error, call, executed: .no) { throw end }
            failed(error, call.subject)
            if safety.mode(.request) == .open { return .send(call) }
            throw refusal(call, "could not judge \(call.subject): \(error.reason)")
        }
    }

    private func refusal(_ call: Call, _ what: String) -> Failure {
        Failure(
            .refused, "Plugin \(title) \(what) It was not sent.", upstream: call.target?.upstream,
            rule: name)
    }
}

extension Answer {
    /// A failure as the client of a call reads it.
    init(_ failure: Failure, to call: Call) {
        self.init(
            failure, to: call.method, for: call.caller?.envelope.revision ?? .newestLegacy)
    }
}

extension Call {
    /// What a rule may judge of the request, and the draft that it lies in.
    fileprivate var document: (Draft, Document) {
        get throws(RuleFault) {
            switch method {
            case .toolsCall, .promptsGet:
                guard let arguments = draft.message.arguments else {
                    return (draft, Document(.arguments, Value([0x7B, 0x7D], Extent(0..<2))))
                }
                return (draft, Document(.arguments, draft.message.value(arguments)))
            default:
                // Its name or URI is spliced in the same place.
                let draft = draft.isUnchanged ? draft : Draft(try Replacement.scan(draft))
                guard let params = draft.message.params else {
                    return (draft, Document(.parameters, Value([0x7B, 0x7D], Extent(0..<2))))
                }
                return (draft, Document(.parameters, draft.message.value(params)))
            }
        }
    }

    /// The same call with other JSON in the place of the document, read again.
    fileprivate func replacing(
        _ document: Document, of draft: Draft, with json: [UInt8]
    ) throws(RuleFault) -> Call {
        try Replacement.check(json, instead: document.value, document.part)
        var draft = draft
        let message = draft.message
        switch document.part {
        case .arguments:
            if let extent = message.arguments {
                draft.replace(extent, with: json)
            } else if let params = message.params {
                draft.insert(
                    Array(#""arguments":"#.utf8) + json + Self.comma(before: message.value(params)),
                    at: Int(params.lower) + 1)
            }
        case .parameters, .result, .error:
            guard let params = message.params else {
                throw RuleFault("there are no parameters to change.")
            }
            draft.replace(params, with: json)
        }
        var call = self
        call.heard = heard ?? self.draft.message
        call.draft = Draft(try Replacement.scan(draft))
        return call
    }

    private static func comma(before object: Value) -> [UInt8] {
        object.members.contains { _ in true } ? [UInt8(ascii: ",")] : []
    }
}
