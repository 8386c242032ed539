import Aggregator
import Machine
import Synchronization
import Wire

/// Sends what was recorded to a server once more, and compares the answers.
struct Rerun: Sendable {
    let link: Link
    /// The exchanges of one upstream, in order.
    let exchanges: [RecordedExchange]
    /// Places in answers that do not count.
    let ignored: [JSONPath]
    /// Whether tools are called that do not say that they only read.
    let isComplete: Bool

    /// Sends everything, one request after another; throws when the server cannot be reached at all.
    func run(_ progress: (Int, Int) -> Void) async throws(Failure) -> RerunReport {
        var report = RerunReport()
        let tools = try await tools()
        let requests = exchanges.filter { $0.answer != nil && $0.method.isRerun }
        let lists = Set(requests.filter(\.method.isStanding).map(\.method))
        for method in Method.allCases where lists.contains(method) {
            try await compareList(method, &report)
        }
        let calls = requests.filter { !$0.method.isStanding && !$0.isLaterRound }
        for (number, exchange) in calls.enumerated() {
            progress(number + 1, calls.count)
            if exchange.request.hasMarker {
                report.masked += 1
            } else if let name = exchange.calledTool, !isComplete, tools[name] != true {
                report.keep(name, from: tools)
            } else if exchange.answer?.asksForInput == true {
                report.asking += 1
            } else {
                await compare(exchange, &report)
            }
        }
        return report
    }

    // MARK: One request

    private func compare(_ exchange: RecordedExchange, _ report: inout RerunReport) async {
        guard let recorded = exchange.answer else { return }
        let title = exchange.title
        do throws(Failure) {
            let answer = try await send(exchange.request, exchange.method)
            compare(title, recorded.outcome, answer.outcome, &report)
        } catch {
            report.differences.append(
                .init(title: title, before: recorded.outcome, after: nil, failure: error.message))
        }
    }

    /// Compares two documents of answers, and notes what came of it.
    func compare(
        _ title: String, _ before: [UInt8], _ after: [UInt8], _ report: inout RerunReport
    ) {
        let old = Value(before, Extent(0..<before.count))
        let one = Semantics.json(old, like: nil, without: ignored)
        let other = Semantics.json(
            Value(after, Extent(0..<after.count)), like: old, without: ignored)
        guard one != other else {
            report.same += 1
            return
        }
        report.differences.append(.init(title: title, before: one, after: other, failure: nil))
    }

    /// Sends a request, dressed as the server wants it.
    func send(_ request: Message, _ method: Method) async throws(Failure) -> Message {
        try await link.call(
            Call(draft: Draft(request), method: method, target: nil, caller: nil))
    }
}

extension RerunReport {
    /// Counts a call that is not sent, because its tool is not known to only read; `tools` are those
    /// that the server lists.
    fileprivate mutating func keep(_ name: String, from tools: [String: Bool]) {
        guard tools[name] == nil else { return unsafe += 1 }
        unlisted += 1
        if renamed == nil,
            let published = tools.keys.sorted().first(where: {
                $0.hasSuffix("__\(name)")
            })
        {
            renamed = (name, published)
        }
    }
}

extension Method {
    /// Whether a request of this method is sent again: what clients ask for, not how they open.
    fileprivate var isRerun: Bool {
        switch self {
        case .toolsCall, .promptsGet, .resourcesRead, .complete: true
        default: listMember != nil
        }
    }
}

extension Message {
    /// The result or the error, as a document with that one member.
    var outcome: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        if let result {
            writer.key("result")
            writer.value(value(result))
        } else if let error {
            writer.key("error")
            writer.value(value(error))
        }
        writer.endObject()
        return writer.bytes
    }

    /// Whether something was taken out of what was asked.
    fileprivate var hasMarker: Bool {
        guard let params else { return false }
        return String(decoding: self[params], as: UTF8.self).contains(RecordedLine.marker)
    }

    /// Whether it is a result that cannot be complete without somebody's answers.
    fileprivate var asksForInput: Bool {
        result.flatMap { value($0)["resultType"] }?.isText("input_required") == true
    }
}

extension RecordedExchange {
    /// The tool that it calls; nil when it is no call of a tool.
    fileprivate var calledTool: String? { method == .toolsCall ? subject ?? "" : nil }

    /// What people read of a request: the method, the item, and what is asked of it.
    fileprivate var title: String {
        let params = request.params.map { request.value($0) }
        let words = [
            methodName, subject,
            (params?["arguments"]).map { String(decoding: JSONWriter.compact($0), as: UTF8.self) },
        ]
        return words.compactMap(\.self).joined(separator: " ")
    }
}
