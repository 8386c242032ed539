package import Wire

/// A server as a recording knows it: what it answered, and to what.
///
/// Requests are found by their method and what their parameters mean, `_meta` left aside. What was
/// asked several times is answered in that order, the last answer again and again; of lists and
/// handshakes only the latest counts.
package struct RecordedServer: Sendable {
    /// What was said to one request.
    package struct Saying: Sendable {
        /// What it told before the answer, in order.
        package internal(set) var notifications: [Message] = []
        /// What it asked before the answer.
        package internal(set) var questions: [Message] = []
        package internal(set) var answer: Message
    }

    /// What a request comes to.
    package enum Reply: Sendable {
        case said(Saying)
        /// Nothing like it was recorded; the parameters of the request that is nearest to it, in JSON.
        case unknown(nearest: [UInt8]?)
    }

    struct Question: Hashable {
        let method: String
        /// What the parameters mean.
        let params: [UInt8]
    }

    private struct Sayings {
        var all: [Saying] = []
        var next = 0
        /// Whether something was taken out of the parameters, so that they have to be compared.
        var isMasked = false
    }

    private var known: [Question: Sayings] = [:]
    /// The questions in the order in which they were first asked.
    private(set) var order: [Question] = []

    /// The server of these exchanges, which are of one upstream and in order.
    package init(_ exchanges: [RecordedExchange]) {
        for index in exchanges.indices {
            let exchange = exchanges[index]
            guard !exchange.isLaterRound, let saying = Self.saying(exchanges[index...]) else {
                continue
            }
            let question = Question(
                method: exchange.methodName, params: Self.meaning(of: exchange.request))
            if known[question] == nil { order.append(question) }
            var sayings = known[question] ?? Sayings()
            if exchange.method.isStanding {
                // A refusal is no news of a list that there is.
                guard saying.answer.kind == .result || sayings.all.isEmpty else { continue }
                sayings.all = [saying]
            } else {
                sayings.all.append(saying)
            }
            sayings.isMasked = question.params.hasMarker
            known[question] = sayings
        }
    }

    /// What the first of some exchanges came to; later rounds of it are among the others.
    private static func saying(_ exchanges: ArraySlice<RecordedExchange>) -> Saying? {
        guard var exchange = exchanges.first, let answer = exchange.answer else { return nil }
        var saying = Saying(answer: answer)
        var rest = exchanges.dropFirst()
        while true {
            saying.notifications += exchange.notifications
            saying.questions += exchange.questions
            guard let answer = exchange.answer else { return nil }
            saying.answer = answer
            guard let state = answer.requestState else { return saying }
            guard let next = rest.firstIndex(where: { $0.roundState == state }) else { return nil }
            exchange = exchanges[next]
            rest = exchanges[(next + 1)...]
        }
    }

    /// What was answered to a request like this one, as often as it has been asked.
    package mutating func reply(to request: Message) -> Reply {
        let name = request.methodName.map { String(decoding: request[$0], as: UTF8.self) } ?? ""
        let question = Question(method: name, params: Self.meaning(of: request))
        guard let found = find(question), var sayings = known[found] else {
            return .unknown(nearest: nearest(to: question, request))
        }
        let saying = sayings.all[min(sayings.next, sayings.all.count - 1)]
        sayings.next = min(sayings.next + 1, sayings.all.count)
        known[found] = sayings
        return .said(saying)
    }

    /// The latest answer to a handshake or the like, whatever its parameters.
    package func latest(_ method: Method) -> Message? {
        let questions = order.filter { $0.method == method.name }
        let answers = questions.compactMap { known[$0]?.all.last?.answer }
        return answers.last { $0.kind == .result } ?? answers.last
    }

    private func find(_ question: Question) -> Question? {
        if known[question] != nil { return question }
        let asked = Value(question.params, Extent(0..<question.params.count))
        return order.first { other in
            guard other.method == question.method, known[other]?.isMasked == true else {
                return false
            }
            return Semantics.isLike(Value(other.params, Extent(0..<other.params.count)), asked)
        }
    }

    /// What the parameters of a request mean, without what belongs to one call only.
    private static func meaning(of request: Message) -> [UInt8] {
        guard let params = request.params.map({ request.value($0) }), params.kind == .object else {
            return Array("{}".utf8)
        }
        var writer = JSONWriter()
        writer.beginObject()
        for (key, value) in Semantics.sorted(params) {
            let isEmpty = key == "arguments" && Semantics.json(value) == Array("{}".utf8)
            guard !isEmpty, !["_meta", "requestState", "inputResponses"].contains(key) else {
                continue
            }
            writer.key(key)
            writer.raw(Semantics.json(value))
        }
        writer.endObject()
        return writer.bytes
    }
}

extension [UInt8] {
    fileprivate var hasMarker: Bool {
        String(decoding: self, as: UTF8.self).contains(RecordedLine.marker)
    }
}

extension Message {
    /// What a result that asks for input wants to have back; nil of one that is complete.
    fileprivate var requestState: [UInt8]? {
        guard let result = result.map({ value($0) }),
            result["resultType"]?.isText("input_required") == true
        else { return nil }
        return result["requestState"].map(Semantics.json) ?? []
    }
}

extension RecordedExchange {
    /// Whether it goes on with a request that was answered by a question.
    package var isLaterRound: Bool { roundState != nil }

    fileprivate var roundState: [UInt8]? {
        let params = request.params.map { request.value($0) }
        guard params?["requestState"] != nil || params?["inputResponses"] != nil else { return nil }
        return params?["requestState"].map(Semantics.json) ?? []
    }
}

extension Method {
    /// Whether the answer says what there is, so that only the latest counts.
    package var isStanding: Bool {
        switch self {
        case .initialize, .discover, .toolsList, .promptsList, .resourcesList,
            .resourceTemplatesList:
            true
        default: false
        }
    }
}
