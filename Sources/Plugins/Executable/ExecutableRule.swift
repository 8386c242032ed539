package import Aggregator
import Wire

/// A rule that is a program of the owner's own, in any language.
package final class ExecutableRule: Rule {
    package let kind = "executable"
    package let waits = true
    private let settings: ExecutableSettings
    private let program: Executable
    private let reviews = Reviews()
    private let time: any Timekeeper

    /// The rule of an entry.
    package init(_ settings: ExecutableSettings, _ tools: PluginTools) {
        self.settings = settings
        time = tools.time
        program = Executable(settings.common.name ?? "executable", settings, tools)
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
        let answer = try await program.ask(ExecutableMessages.judge(document, context))
        return try ExecutableMessages.verdict(answer)
    }

    package var prepares: Bool { settings.guarding.hooks.contains(.catalog) }

    package func prepare(_ items: [Item]) async {
        let deadline = settings.guarding.safety.deadline
        await reviews.prepare(items) { [program, time] (item) async throws(RuleFault) in
            let outcome = await time.race(until: time.now.advanced(by: deadline)) {
                do throws(RuleFault) {
                    return Result<Item?, RuleFault>.success(try await program.review(item))
                } catch {
                    return .failure(error)
                }
            }
            guard let outcome else {
                throw RuleFault("it took longer than \(deadline.described) ('deadline').")
            }
            return try outcome.get()
        }
    }

    package func review(_ item: Item) throws(RuleFault) -> Item? { try reviews.review(item) }

    package func run() async { await program.run() }
}

extension Executable {
    /// Asks what is to be published of an item; nil to hide it.
    fileprivate func review(_ item: Item) async throws(RuleFault) -> Item? {
        let answer = try await ask(ExecutableMessages.review(item))
        return try ExecutableMessages.reviewed(answer, item).map { (json) throws(RuleFault) in
            try item.edited(to: json)
        }
    }
}
