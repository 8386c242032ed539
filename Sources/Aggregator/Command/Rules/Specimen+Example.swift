import Aggregator
import Plugins
import Wire

extension Specimen {
    /// The message that an example is about, and where it is met.
    ///
    /// What the example does not say is something that the rule is about. Throws what it lacks.
    static func make(
        _ example: JQExample, for rule: JQSettings
    ) throws(RuleFault) -> (specimen: Specimen, hook: Scope.Hook) {
        let hook = try hook(of: example, rule)
        let upstream = example.upstream ?? sample(of: rule.common.upstreams)
        let body = try body(example, rule, at: hook, upstream)
        var specimen = Specimen(body: body, upstream: upstream)
        specimen.client = example.context.client
        specimen.principal = example.context.principal
        return (specimen, hook)
    }

    private static func hook(
        of example: JQExample, _ rule: JQSettings
    ) throws(RuleFault) -> Scope.Hook {
        let hooks = rule.guarding.hooks
        if let hook = example.hook { return hook }
        guard hooks.count == 1 else {
            let words = hooks.map { "'\($0.rawValue)'" }.joined(separator: " or ")
            throw RuleFault("the rule looks in several places: say 'on', \(words)")
        }
        return hooks[0]
    }

    private static func body(
        _ example: JQExample, _ rule: JQSettings, at hook: Scope.Hook, _ upstream: String
    ) throws(RuleFault) -> Body {
        let subject = Subject(example, rule)
        switch hook {
        case .request:
            let request = try subject.request(example.before, call: example.context.call)
            return .call(request, answer: nil)
        case .response:
            let request = try subject.request(nil, call: example.context.call)
            return .call(request, answer: try answer(example))
        case .notification:
            let method = example.method.isEmpty ? Method.message.name : example.method
            return .notice(try message(method: method, params: example.before, id: nil))
        case .catalog:
            let name = example.before.value[subject.kind.key]?.text
            guard let name else { throw RuleFault("'before' has no '\(subject.kind.key)'") }
            let given = subject.isNamed ? Array(subject.name.utf8) : name
            guard given == name else {
                throw RuleFault("'before' has another '\(subject.kind.key)' than the example")
            }
            return .item(
                Item(
                    kind: subject.kind, upstream: upstream, original: name,
                    base: String(decoding: name, as: UTF8.self), json: example.before))
        }
    }

    private static func answer(_ example: JQExample) throws(RuleFault) -> Message {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("jsonrpc", "2.0")
        writer.key("id")
        writer.integer(1)
        writer.key(example.isError ? "error" : "result")
        writer.raw(example.before)
        writer.endObject()
        return try scan(writer.bytes)
    }

    /// A request or notification with these parameters.
    static func message(
        method: String, params: [UInt8]?, id: [UInt8]?
    ) throws(RuleFault) -> Message {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("jsonrpc", "2.0")
        if let id {
            writer.key("id")
            writer.raw(id)
        }
        writer.member("method", method)
        if let params {
            writer.key("params")
            writer.raw(params)
        }
        writer.endObject()
        return try scan(writer.bytes)
    }

    private static func scan(_ bytes: [UInt8]) throws(RuleFault) -> Message {
        do throws(Rejection) {
            return try Message(scanning: bytes)
        } catch {
            throw RuleFault("'before' makes no message: \(error.reason)")
        }
    }

    /// A text that fits one of some patterns.
    static func sample(of patterns: [String]) -> String {
        guard let pattern = patterns.first else { return "example" }
        let text = String(
            pattern.compactMap { $0 == "*" ? nil : $0 == "?" ? "x" : $0 })
        return text.isEmpty ? "example" : text
    }
}

/// What an example is about: a tool unless it says otherwise.
private struct Subject {
    let method: String
    let kind: Item.Kind
    let name: String
    /// Whether the example itself names it.
    let isNamed: Bool

    init(_ example: JQExample, _ rule: JQSettings) {
        let common = rule.common
        let isAbout: (kind: Item.Kind, name: String?) =
            if let tool = example.tool {
                (.tool, tool)
            } else if let prompt = example.prompt {
                (.prompt, prompt)
            } else if let resource = example.resource {
                (.resource, resource)
            } else if common.tools.isEmpty, !common.prompts.isEmpty {
                (.prompt, nil)
            } else if common.tools.isEmpty, !common.resources.isEmpty {
                (.resource, nil)
            } else {
                (.tool, nil)
            }
        kind = isAbout.kind
        let patterns =
            switch kind {
            case .tool: common.tools
            case .prompt: common.prompts
            case .resource, .template: common.resources
            }
        name = isAbout.name ?? Specimen.sample(of: patterns)
        isNamed = isAbout.name != nil
        method = Self.method(example, rule, kind)
    }

    private static func method(
        _ example: JQExample, _ rule: JQSettings, _ kind: Item.Kind
    ) -> String {
        if !example.method.isEmpty { return example.method }
        let usual: Method =
            switch kind {
            case .tool: .toolsCall
            case .prompt: .promptsGet
            case .resource, .template: .resourcesRead
            }
        let wanted = rule.wanted
        guard !wanted.contains(usual) else { return usual.name }
        return Method.allCases.first(where: wanted.contains)?.name ?? usual.name
    }

    /// The request with a document in its place; without one, any that is about the same.
    func request(_ document: [UInt8]?, call id: String) throws(RuleFault) -> Message {
        let id = JSONWriter.quoted(id)
        let isCall = [Method.toolsCall.name, Method.promptsGet.name].contains(method)
        if let document, !isCall {
            return try Specimen.message(method: method, params: document, id: id)
        }
        var params = JSONWriter()
        params.beginObject()
        params.member(kind.key, name)
        if let document {
            params.key("arguments")
            params.raw(document)
        }
        params.endObject()
        return try Specimen.message(method: method, params: params.bytes, id: id)
    }
}
