package import Aggregator
import Wire

/// The keys of rules that look into messages: where they look, and what happens when they fail.
package struct Guarding: Sendable, Equatable {
    /// The hooks at which the rule is asked.
    package var hooks: [Scope.Hook]
    package var safety = Safety()

    /// A rule at these hooks, unless its entry says otherwise.
    package init(_ hooks: [Scope.Hook], isSecurity: Bool) {
        self.hooks = hooks
        safety.isSecurity = isSecurity
    }
}

/// Settings that have those keys.
package protocol GuardingSettings: CommonSettings {
    var guarding: Guarding { get set }
}

extension Key where Root: GuardingSettings {
    /// Where the rule looks.
    static var hooks: Key<Root> {
        Key(
            "on", \Root.guarding.hooks, .hooks,
            "Where it looks: `request`, `response`, `notification`, or several.",
            example: "[request, response]")
    }

    /// What happens when it fails.
    static var safety: [Key<Root>] {
        [
            Key(
                "security", \Root.guarding.safety.isSecurity, .bool,
                "Whether nothing may pass that it could not judge, neither to nor from a server."),
            Key(
                "onFailure", \Root.guarding.safety.onFailure, Format<Safety.Mode>.choice,
                "Without `security`: whether what it could not judge passes (`open`) or not (`closed`); "
                    + "by default requests do not, and answers do, with a mark.",
                example: "closed"),
            Key(
                "deadline", \Root.guarding.safety.deadline, .duration,
                "How long one judgement may take."),
        ]
    }
}

extension Format<[Scope.Hook]> {
    /// One hook that a message passes, or a list of them.
    static let hooks: Self = {
        let word = Format<Passing>.choice.map(\.hook, back: { Passing(rawValue: $0.rawValue) })
        let one = word.map({ [$0] }, back: { $0.count == 1 ? $0[0] : nil })
        return .either(word.list(), one) { $0.scalar != nil }
    }()

    /// The hooks that rules which look into messages can have.
    private enum Passing: String, CaseIterable, Sendable {
        case request, response, notification

        var hook: Scope.Hook {
            switch self {
            case .request: .request
            case .response: .response
            case .notification: .notification
            }
        }
    }
}

extension Scope {
    /// The requests whose names fit one of these patterns; without any, those that concern an item.
    static func methods(matching patterns: [String]) -> Set<Method> {
        guard !patterns.isEmpty else { return calls }
        let globs = patterns.map(Glob.init)
        return Set(
            Method.allCases.filter { method in
                !method.name.isEmpty && !method.isNotification
                    && globs.contains { $0.matches(method.name) }
            })
    }
}

extension Format<[Scope.Hook]> {
    /// One hook, or a list of them.
    static let allHooks: Self = {
        let word = Format<Scope.Hook>.choice
        let one = word.map({ [$0] }, back: { $0.count == 1 ? $0[0] : nil })
        return .either(word.list(), one) { $0.scalar != nil }
    }()
}
