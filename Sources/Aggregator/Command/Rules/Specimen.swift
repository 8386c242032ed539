import Aggregator
import Wire

/// A message for a rule to judge as if it were live: where it comes from, and what is known of it.
struct Specimen: Sendable {
    /// What it is.
    enum Body: Sendable {
        /// A request, and what came back, where that is known.
        case call(Message, answer: Message?)
        case notice(Message)
        case item(Item)
    }

    let body: Body
    /// The upstream, by its configured name.
    let upstream: String
    var client = "example"
    var principal = "local"
    /// Where it was found, such as `line 12`.
    var place = ""

    /// The hooks at which it can be met.
    var hooks: [Scope.Hook] {
        switch body {
        case .call(_, answer: nil): [.request]
        case .call: [.request, .response]
        case .notice: [.notification]
        case .item: [.catalog]
        }
    }

    /// What people call it: `crm/get_customer`, or its method.
    var subject: String {
        switch body {
        case .call(let request, _):
            return target(of: request).map { "\(upstream)/\(Self.text($0.original))" }
                ?? "\(upstream), \(request.method.name)"
        case .notice(let message): return "\(upstream), \(message.method.name)"
        case .item(let item): return "\(upstream)/\(item.originalText)"
        }
    }

    /// What a call is about, by the name that the upstream itself uses.
    func target(of request: Message) -> Target? {
        guard let extent = request.name ?? request.uri ?? request.reference,
            let name = request.value(extent).text
        else { return nil }
        return Target(upstream: upstream, original: name)
    }

    /// The request as a call on its way.
    func call(_ request: Message) -> Call {
        let envelope = Envelope(
            revision: .newestLegacy, capabilities: .none, clientName: client,
            principal: Principal(name: principal))
        let caller = Caller(
            outlet: Nowhere.only, envelope: envelope, links: .none, progressToken: nil)
        return Call(
            draft: Draft(request), method: request.method, target: target(of: request),
            caller: caller)
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension Message {
    /// What `completion/complete` is about.
    fileprivate var reference: Extent? {
        guard method == .complete, let params, let ref = value(params)["ref"] else { return nil }
        return (ref["name"] ?? ref["uri"])?.extent
    }

    /// The part of a request that rules judge; nil where the message has none, which counts as empty.
    var requestDocument: Value? {
        switch method {
        case .toolsCall, .promptsGet: arguments.map(value)
        default: params.map(value)
        }
    }

    /// The part of a response that rules judge.
    var answerDocument: Value? { (result ?? error).map(value) }
}

/// The way back to a client that does not exist.
private final class Nowhere: Outlet {
    static let only = Nowhere()

    var isCongested: Bool { false }
    func send(_ aside: Draft) {}
    func drained() async {}
    func wants(_ level: LogLevel) -> Bool { false }

    func ask(_ question: Draft, origin: QuestionOrigin) async throws(Failure) -> Message {
        throw Failure(.unavailable, "Nobody is there to be asked.")
    }
}
