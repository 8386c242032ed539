import Aggregator
import Plugins
import Wire

/// What came of the examples of one rule.
struct ExampleRun: Sendable {
    /// One example that did not end as it should.
    struct Difference: Sendable {
        /// Its number, from 1, and what it calls itself.
        let number: Int
        let title: String?
        /// What it is about: `crm/get_customer`.
        let subject: String
        let example: JQExample
        /// What came of it; nil when it could not even be begun.
        let outcome: RuleOutcome?
        /// Why it could not be begun.
        let fault: String?
    }

    let rule: TestedRule
    let differences: [Difference]

    /// Runs every example of a rule.
    init(_ rule: TestedRule, _ trial: RuleTrial) async {
        var differences: [Difference] = []
        for (index, example) in rule.examples.enumerated() {
            if let difference = await Self.difference(index + 1, example, rule, trial) {
                differences.append(difference)
            }
        }
        self.rule = rule
        self.differences = differences
    }

    private static func difference(
        _ number: Int, _ example: JQExample, _ rule: TestedRule, _ trial: RuleTrial
    ) async -> Difference? {
        do throws(RuleFault) {
            let (specimen, hook) = try Specimen.make(example, for: rule.settings)
            let outcome = await trial.judge(specimen, at: hook)
            guard !example.admits(outcome) else { return nil }
            return Difference(
                number: number, title: example.title, subject: specimen.subject, example: example,
                outcome: outcome, fault: nil)
        } catch {
            return Difference(
                number: number, title: example.title, subject: "", example: example, outcome: nil,
                fault: error.reason)
        }
    }
}

extension JQExample {
    /// Whether this is what was to come of it.
    func admits(_ outcome: RuleOutcome) -> Bool {
        switch (end, outcome.end) {
        case (.after(let json), .unchanged), (.after(let json), .unmatched):
            json.value.means(outcome.before.value)
        case (.after(let json), .changed(let found)): json.value.means(found.value)
        case (.refused(let words), .refused(let reason)),
            (.refused(let words), .failed(let reason, goesOn: false)),
            (.failed(let words), .failed(let reason, goesOn: true)):
            words.isEmpty || reason.contains(words)
        case (.dropped, .dropped): true
        default: false
        }
    }
}
