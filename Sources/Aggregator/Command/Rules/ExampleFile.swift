import Aggregator
import Machine
import Plugins
import Wire

/// A file of examples to which others are added; what is in it already stays as it is written.
struct ExampleFile: Sendable {
    /// How many were added, have another outcome now, and were there already.
    struct Tally: Sendable, Equatable {
        var new = 0
        var changed = 0
        var known = 0
    }

    private let settings: [UInt8]
    /// Whether the file has nothing but examples.
    private let isList: Bool
    private var examples: [(example: JQExample, json: [UInt8])]
    /// Where the examples are whose documents mean the same.
    private var places: [[UInt8]: [Int]] = [:]
    private(set) var tally = Tally()

    /// The text of a file, which has been read as a sidecar before; an empty one says how a rule is meant.
    init(_ text: [UInt8]?, _ sidecar: JQSidecar, for rule: JQSettings) {
        let all = text?.value
        isList = all?.kind == .array
        let elements = (isList ? all : all?["examples"])?.elements.map { $0.copy() } ?? []
        examples = zip(sidecar.examples, elements).map { ($0, $1) }
        settings = text.map { $0.value["settings"]?.copy() ?? [] } ?? rule.bare
        for (index, entry) in examples.enumerated() {
            places[entry.example.meaning, default: []].append(index)
        }
    }

    /// Adds an example, or puts it in the place of the one with the same document.
    mutating func add(_ example: JQExample) {
        let meaning = example.meaning
        let index = places[meaning]?.first { examples[$0].example.isAbout(the: example) }
        guard let index else {
            tally.new += 1
            places[meaning, default: []].append(examples.count)
            examples.append((example, example.json))
            return
        }
        guard examples[index].example.end != example.end else {
            tally.known += 1
            return
        }
        tally.changed += 1
        examples[index] = (example, example.json)
    }

    /// The text of the file.
    var text: [UInt8] {
        if isList { return Array("[\(list)\n]\n".utf8) }
        var text = "{\n"
        if !settings.isEmpty {
            text += "  \"settings\": \(String(decoding: settings, as: UTF8.self)),\n"
        }
        text += "  \"examples\": [\(list)"
        return Array((text + (examples.isEmpty ? "]\n}\n" : "\n  ]\n}\n")).utf8)
    }

    private var list: String {
        examples.map { "\n    " + String(decoding: $0.json, as: UTF8.self) }
            .joined(separator: ",")
    }
}

extension JQExample {
    /// The document, whatever its spelling.
    fileprivate var meaning: [UInt8] { Semantics.json(before.value) }

    /// Whether another one shows the rule the same, whose document means the same.
    fileprivate func isAbout(the other: JQExample) -> Bool {
        var (one, two) = (self, other)
        (one.end, two.end) = (nil, nil)
        (one.title, two.title) = (nil, nil)
        (one.before, two.before) = ([], [])
        return one == two
    }

    /// An example of what a rule is shown at one of its hooks, without what comes of it.
    init(_ specimen: Specimen, at hook: Scope.Hook, of rule: JQSettings) {
        self.init()
        if rule.guarding.hooks != [hook] { self.hook = hook }
        upstream = specimen.upstream
        switch specimen.body {
        case .call(let request, let answer):
            name(specimen.target(of: request)?.original, of: request.method)
            let document = hook == .request ? request.requestDocument : answer?.answerDocument
            before = document.map(JSONWriter.compact) ?? Array("{}".utf8)
            isError = hook == .response && answer?.kind == .error
        case .notice(let message):
            method = message.method == .message ? "" : message.method.name
            before = message.params.map { JSONWriter.compact(message.value($0)) } ?? []
        case .item(let item):
            before = item.json
            switch item.kind {
            case .tool: tool = item.originalText
            case .prompt: prompt = item.originalText
            case .resource: resource = item.originalText
            case .template: method = Method.resourceTemplatesList.name
            }
        }
    }

    private mutating func name(_ original: [UInt8]?, of method: Method) {
        let name = original.map { String(decoding: $0, as: UTF8.self) }
        switch method {
        case .toolsCall: tool = name
        case .promptsGet: prompt = name
        case .resourcesRead: resource = name
        default:
            self.method = method.name
            tool = name
        }
    }

    /// The example as files have it, on one line.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (key, text) in [
            ("title", title), ("on", hook?.rawValue), ("method", method.isEmpty ? nil : method),
            ("upstream", upstream), ("tool", tool), ("prompt", prompt), ("resource", resource),
        ] {
            if let text { writer.member(key, text) }
        }
        if isError {
            writer.key("error")
            writer.bool(true)
        }
        writer.key("before")
        writer.raw(before)
        end?.writeMember(into: &writer)
        writer.endObject()
        return writer.bytes
    }
}

extension RuleOutcome {
    /// The same as examples say it.
    var asExample: JQExample.End {
        switch end {
        case .unmatched, .unchanged: .after(before)
        case .changed(let json): .after(json)
        case .refused(let reason), .failed(let reason, goesOn: false): .refused(reason)
        case .dropped: .dropped
        case .failed(let reason, goesOn: true): .failed(reason)
        }
    }
}
