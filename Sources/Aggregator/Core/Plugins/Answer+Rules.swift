import Wire

extension Answer {
    /// What a rule may judge of an answer; its earlier splices are made real first, so that the
    /// document is what the client would read.
    var opened: (Answer, Document?) {
        get throws(RuleFault) {
            switch self {
            case .relayed(var draft):
                if !draft.isUnchanged { draft = Draft(try Replacement.scan(draft)) }
                let message = draft.message
                if let result = message.result {
                    return (.relayed(draft), Document(.result, message.value(result)))
                }
                return (
                    .relayed(draft), message.error.map { Document(.error, message.value($0)) }
                )
            case .result(let json, _):
                return (self, Document(.result, Value(json, Extent(0..<json.count))))
            case .error(let json, _):
                return (self, Document(.error, Value(json, Extent(0..<json.count))))
            }
        }
    }

    /// The answer with other JSON in the place of its document; the whole is read again.
    func replacing(_ document: Document, with json: [UInt8]) throws(RuleFault) -> Answer {
        switch self {
        case .relayed(let draft):
            let changed = Draft(draft.message, replacing: document.value.extent, with: json)
            return .relayed(Draft(try Replacement.scan(changed)))
        case .result(_, let executed): return .result(json, executed: executed)
        case .error(_, let executed): return .error(json, executed: executed)
        }
    }

    /// The answer with a mark that a rule could not judge it: in `_meta` of a result, in `data` of an
    /// error.
    func marked(unjudgedBy rule: String) -> Answer {
        guard let (answer, document) = try? opened, let document else { return self }
        let key = document.part == .error ? "data" : "_meta"
        guard let json = document.value.marked(rule, in: key) else { return answer }
        return (try? answer.replacing(document, with: json)) ?? answer
    }
}

extension Value {
    private static let mark = "manifold/unjudged"

    /// The object with one more name under the mark in its member `key`; nil where that is no place
    /// for it.
    fileprivate func marked(_ rule: String, in key: String) -> [UInt8]? {
        guard kind == .object else { return nil }
        let name = JSONWriter.quoted(rule)
        let list = Array("\"\(Self.mark)\":[".utf8) + name + [UInt8(ascii: "]")]
        guard let place = self[key] else {
            return inserting(Array("\"\(key)\":{".utf8) + list + [UInt8(ascii: "}")], in: self)
        }
        guard place.kind == .object else { return nil }
        guard let marks = place[Self.mark], marks.kind == .array else {
            return inserting(list, in: place)
        }
        return inserting(name, in: marks)
    }

    /// The bytes with one more member or element at the beginning of a container inside.
    private func inserting(_ bytes: [UInt8], in container: Value) -> [UInt8] {
        let start = container.extent.range.lowerBound + 1
        let isEmpty =
            !container.members.contains { _ in true } && !container.elements.contains { _ in true }
        let comma = isEmpty ? [] : [UInt8(ascii: ",")]
        return Array(self.bytes[extent.range.lowerBound..<start]) + bytes + comma
            + self.bytes[start..<extent.range.upperBound]
    }
}
