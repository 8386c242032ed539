import Aggregator
import TestSupport
import Testing
import Wire

@testable import Plugins

/// What rules make of a pool that cannot answer them.
@Suite(.timeLimit(.minutes(10))) struct JQRuleTests {
    private static func rule(_ bench: Bench, isShadow: Bool = false) -> JQRule {
        var settings = JQSettings()
        settings.guarding.hooks = [.request, .catalog]
        settings.isShadow = isShadow
        return JQRule(settings, number: 0, bench.pool)
    }

    @Test("a call that is cancelled while its program runs is no failure of the rule")
    func cancelled() {
        let bench = Bench()
        bench.begin()
        let (rule, watched) = (Self.rule(bench), Self.rule(bench, isShadow: true))
        let outcomes = [rule, watched].map { rule in
            let outcome = Outcome()
            let deadline = bench.time.now.advanced(by: .seconds(1))
            outcome.task = bench.loop.start {
                let document = Document(.arguments, Value(Array("{}".utf8), Extent(0..<2)))
                let context = RuleContext(
                    hook: .request, method: .toolsCall, upstream: "crm", principal: nil,
                    clientName: nil, deadline: deadline)
                do throws(RuleFault) {
                    outcome.set("\(try await rule.judge(document, context))")
                } catch {
                    outcome.set("\(error.kind)")
                }
            }
            return outcome
        }
        bench.loop.run()
        for outcome in outcomes { outcome.task?.cancel() }
        bench.loop.run()
        #expect(outcomes.map(\.text) == ["cancelled", "pass"])
        #expect(watched.remarks.contains { $0.contains("failed on 0") })
        bench.stop()
    }

    @Test("items are worth another look once the programs can be run")
    func again() {
        let bench = Bench()
        let rule = Self.rule(bench)
        let item = Item(
            kind: .tool, upstream: "crm", original: Array("get".utf8), base: "get",
            json: Array(#"{"name":"get"}"#.utf8))
        let tasks = [
            bench.loop.start { await rule.run() },
            bench.loop.start { await rule.prepare([item]) },
        ]
        bench.loop.run()
        bench.advance(.seconds(10))
        #expect(throws: RuleFault.self) { try rule.review(item) }
        #expect(rule.again?.version == 0)
        bench.begin()
        #expect(rule.again?.version == 1)
        for task in tasks { task.cancel() }
        bench.stop()
    }
}
