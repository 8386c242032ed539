package import Aggregator
import Wire

/// Decides who may call what: what a client may not call, it does not see either.
package struct Access: Plugin {
    package let name: String
    package let kind = "access"
    package let scope = Scope(
        [.request, .catalog],
        methods: Scope.calls.union([.other, .resourcesSubscribe, .resourcesUnsubscribe]))
    package let counters = PluginCounters()
    private let allow: [AccessEntry]
    private let deny: [AccessEntry]

    /// A plugin that lets through what these settings allow and do not deny.
    package init(_ settings: AccessSettings) {
        name = settings.name ?? kind
        allow = settings.allow
        deny = settings.deny
    }

    package func handle(_ call: Call, next: Next) async throws(Failure) -> Answer {
        guard let target = call.target else { return try await next(call) }
        var subject = AccessSubject(call.method, target)
        subject.client = call.caller?.envelope
        subject.arguments = .known(call.draft.message.arguments.map(call.draft.message.value))
        // A completion has no arguments yet: it helps with what may come.
        if call.method == .complete { subject.arguments = .unknown }
        guard permits(subject) else {
            counters.changes.add(1)
            throw Failure(
                .refused,
                "Plugin \(title) does not allow this client to use \(call.subject). It was not sent.",
                upstream: target.upstream, rule: name)
        }
        return try await next(call)
    }

    package func review(_ item: Item) -> Item? {
        permits(AccessSubject(item)) ? item : nil
    }

    package func hides(_ kind: Item.Kind, _ target: Target, from client: Envelope?) -> Bool {
        var subject = AccessSubject(kind, target)
        subject.client = client
        return !permits(subject)
    }

    package var tellsClientsApart: Bool { (allow + deny).contains(where: \.isPersonal) }

    /// Whether it is allowed, or may be once the rest is known.
    private func permits(_ subject: AccessSubject) -> Bool {
        if deny.contains(where: { $0.fit(subject, isDenying: true) == .yes }) { return false }
        return allow.isEmpty || allow.contains { $0.fit(subject, isDenying: false) != .no }
    }
}
