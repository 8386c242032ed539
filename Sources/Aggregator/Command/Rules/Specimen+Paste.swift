import Aggregator
import Wire

extension Specimen {
    /// What pasted text is taken for.
    struct Paste: Sendable {
        let specimens: [Specimen]
        /// Where a rule that does not say looks at it.
        let hook: Scope.Hook
    }

    /// What a text holds: one message of JSON-RPC or one a line, or a document by itself for `hook`.
    ///
    /// `upstream` and `tool` are patterns; what a message does not say is something that fits them.
    static func paste(
        _ text: [UInt8], for hook: Scope.Hook?, upstream: [String], tool: [String]
    ) throws(RuleFault) -> Paste {
        let paster = Paster(upstream: sample(of: upstream), tool: sample(of: tool), hook: hook)
        if let value = try? Value(validating: text) { return try paster.take(value) }
        let lines = text.split(separator: UInt8(ascii: "\n"))
            .filter { line in line.contains { !" \t\r".utf8.contains($0) } }
        guard lines.count > 1 else { throw broken(text) }
        var specimens: [Specimen] = []
        var first: Scope.Hook?
        for (index, line) in lines.enumerated() {
            guard let value = try? Value(validating: Array(line)) else { throw broken(line) }
            let paste = try paster.take(value)
            first = first ?? paste.hook
            specimens += paste.specimens.map { specimen in
                var specimen = specimen
                specimen.place = "line \(index + 1)"
                return specimen
            }
        }
        return Paste(specimens: specimens, hook: hook ?? first ?? .request)
    }

    private static func broken(_ text: some Collection<UInt8>) -> RuleFault {
        do throws(Rejection) {
            _ = try Value(validating: Array(text))
            return RuleFault("it is no JSON")
        } catch {
            return RuleFault("it is no JSON: \(error.reason)")
        }
    }

    /// The items of a list that a server has answered with; nothing for other answers.
    static func items(_ method: Method, _ result: Value, _ upstream: String) -> [Specimen] {
        guard let kind = Item.Kind.allCases.first(where: { $0.listMethod == method }),
            let list = result[kind.member]
        else { return [] }
        return list.elements.compactMap { element in
            guard let name = element[kind.key]?.text else { return nil }
            let item = Item(
                kind: kind, upstream: upstream, original: name,
                base: String(decoding: name, as: UTF8.self), json: JSONWriter.compact(element))
            return Specimen(body: .item(item), upstream: upstream)
        }
    }
}

/// Makes specimens of values that somebody pasted.
private struct Paster {
    let upstream: String
    let tool: String
    let hook: Scope.Hook?

    func take(_ value: Value) throws(RuleFault) -> Specimen.Paste {
        guard value.kind == .object, value["jsonrpc"] != nil else {
            return try document(JSONWriter.compact(value))
        }
        let message: Message
        do throws(Rejection) {
            message = try Message(scanning: JSONWriter.compact(value))
        } catch {
            throw RuleFault("it is no message: \(error.reason)")
        }
        return try take(message)
    }

    private func take(_ message: Message) throws(RuleFault) -> Specimen.Paste {
        switch message.kind {
        case .request: return paste(.call(message, answer: nil), at: .request)
        case .notification: return paste(.notice(message), at: .notification)
        case .result, .error:
            if hook == .catalog, let result = message.result {
                return Specimen.Paste(specimens: items(message.value(result)), hook: .catalog)
            }
            return paste(.call(try request(nil), answer: message), at: .response)
        }
    }

    private func items(_ result: Value) -> [Specimen] {
        let methods = Item.Kind.allCases.map(\.listMethod)
        return methods.flatMap { Specimen.items($0, result, upstream) }
    }

    /// A document without a message around it.
    private func document(_ json: [UInt8]) throws(RuleFault) -> Specimen.Paste {
        let hook = hook ?? (json.value.isToolResult ? .response : .request)
        switch hook {
        case .request: return paste(.call(try request(json), answer: nil), at: hook)
        case .response: return paste(.call(try request(nil), answer: try answer(json)), at: hook)
        case .notification:
            let method = Method.message.name
            return paste(
                .notice(try Specimen.message(method: method, params: json, id: nil)), at: hook)
        case .catalog:
            let listed = items(json.value)
            if !listed.isEmpty { return Specimen.Paste(specimens: listed, hook: hook) }
            let kinds = Item.Kind.allCases.filter { json.value[$0.key]?.text != nil }
            guard let kind = kinds.first, let name = json.value[kind.key]?.text else {
                throw RuleFault("an item of a list has a 'name' or a 'uri'")
            }
            let item = Item(
                kind: kind, upstream: upstream, original: name,
                base: String(decoding: name, as: UTF8.self), json: json)
            return paste(.item(item), at: hook)
        }
    }

    private func paste(_ body: Specimen.Body, at hook: Scope.Hook) -> Specimen.Paste {
        Specimen.Paste(
            specimens: [Specimen(body: body, upstream: upstream)], hook: self.hook ?? hook)
    }

    private func request(_ arguments: [UInt8]?) throws(RuleFault) -> Message {
        var params = JSONWriter()
        params.beginObject()
        params.member("name", tool)
        if let arguments {
            params.key("arguments")
            params.raw(arguments)
        }
        params.endObject()
        return try Specimen.message(
            method: Method.toolsCall.name, params: params.bytes, id: [UInt8(ascii: "1")])
    }

    private func answer(_ result: [UInt8]) throws(RuleFault) -> Message {
        do throws(Rejection) {
            return try Message(
                scanning: Array(#"{"jsonrpc":"2.0","id":1,"result":"#.utf8) + result
                    + [UInt8(ascii: "}")])
        } catch {
            throw RuleFault("it is no result: \(error.reason)")
        }
    }
}

extension Value {
    /// Whether it looks like what a tool answers, and like nothing else: blocks of content, or a
    /// structured one, and only what stands beside them.
    fileprivate var isToolResult: Bool {
        let known = ["content", "structuredContent", "isError", "_meta", "resultType"]
        guard kind == .object, members.allSatisfy({ known.contains($0.key.string ?? "") }) else {
            return false
        }
        guard let content = self["content"] else { return self["structuredContent"] != nil }
        return content.kind == .array && content.elements.allSatisfy { $0["type"]?.string != nil }
    }
}
