package import Aggregator
import Wire

/// A rule that is a program of the owner's own, in any language.
package final class ExecutableRule: Rule {
    package let kind = "executable"
    private let settings: ExecutableSettings
    private let program: Executable
    private let reviews: Reviews
    private let time: any Timekeeper

    /// The rule of an entry.
    package init(_ settings: ExecutableSettings, _ tools: PluginTools) {
        self.settings = settings
        time = tools.time
        let reviews = Reviews()
        self.reviews = reviews
        program = Executable(settings.common.name ?? "executable", settings, tools) {
            reviews.arrived()
        }
    }

    package var remarks: [String] { program.problem.map { ["It cannot be asked: \($0)"] } ?? [] }

    package func trial() async -> PluginTrouble? { await program.trial() }

    package func judge(
        _ document: Document, _ context: RuleContext
    ) async throws(RuleFault) -> Verdict {
        if context.hook == .notification, !settings.methods.isEmpty,
            !settings.methods.contains(where: { Glob($0).matches(context.method.name) })
        {
            return .pass
        }
        let answer = try await program.ask(by: context.deadline) { id, line in
            ExecutableMessages.judge(document, context, id: id, to: &line)
        }
        return try ExecutableMessages.verdict(answer)
    }

    package var prepares: Bool { settings.guarding.hooks.contains(.catalog) }

    package func prepare(_ items: [Item]) async {
        let deadline = settings.guarding.safety.deadline
        await reviews.prepare(items) { [program, time] (item) async throws(RuleFault) in
            try await program.review(item, by: time.now.advanced(by: deadline))
        }
    }

    package var again: Signal? { reviews.again }
    package func review(_ item: Item) throws(RuleFault) -> Item? { try reviews.review(item) }

    package func run() async { await program.run() }
}

extension Executable {
    /// Asks what is to be published of an item; nil to hide it.
    fileprivate func review(
        _ item: Item, by deadline: ContinuousClock.Instant
    ) async throws(RuleFault) -> Item? {
        let answer = try await ask(by: deadline) { id, line in
            ExecutableMessages.review(item, id: id, to: &line)
        }
        return try ExecutableMessages.reviewed(answer, item).map { (json) throws(RuleFault) in
            try item.edited(to: json)
        }
    }
}
