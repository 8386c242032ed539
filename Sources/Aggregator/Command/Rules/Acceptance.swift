import Aggregator
import Machine
import Plugins
import Wire

/// Writes what a rule makes of recorded calls, as it is now, into its file of examples.
struct Acceptance: Sendable {
    let recording: Recording
    let notices: Notices

    /// Adds to the file of one rule; false where there is none, or it cannot be written.
    func accept(_ rule: TestedRule, _ trial: RuleTrial) async -> Bool {
        guard let path = rule.file else {
            notices.say(
                "manifold: Rule '\(Terminal.plain(rule.name))' has no file for examples; "
                    + "say 'examples: FILE' in its entry.")
            return false
        }
        do {
            let text = File.stamp(path) == nil ? nil : try File.read(path, limit: 64 << 20)
            var file = ExampleFile(text, try TestedRule.sidecar(path), for: rule.settings)
            for specimen in Specimen.all(in: recording, for: rule.settings) {
                for hook in specimen.hooks where rule.settings.guarding.hooks.contains(hook) {
                    guard let example = await example(specimen, at: hook, rule, trial) else {
                        continue
                    }
                    file.add(example)
                }
            }
            // As private as the recording that it is made of.
            try File.replace(path, with: file.text)
            let tally = file.tally
            notices.say(
                "\(Terminal.plain(path)): \(tally.new.counted("new example")), \(tally.changed) changed, "
                    + "\(tally.known) as before.")
            return true
        } catch let error as LoadError {
            notices.say(String(error.text.dropLast()))
        } catch let error as MachineFailure {
            notices.say("manifold: \(error.message)")
        } catch {
            notices.say("manifold: \(error)")
        }
        return false
    }

    /// What the rule makes of a specimen, as an example; nil where it is not about it.
    private func example(
        _ specimen: Specimen, at hook: Scope.Hook, _ rule: TestedRule, _ trial: RuleTrial
    ) async -> JQExample? {
        var example = JQExample(specimen, at: hook, of: rule.settings)
        // Judged as the example will be, which says less than the recording does.
        guard specimen.isCovered(by: rule.scope),
            let (shown, _) = try? Specimen.make(example, for: rule.settings)
        else { return nil }
        let outcome = await trial.judge(shown, at: hook)
        guard outcome.end != .unmatched else { return nil }
        example.end = outcome.asExample
        return example
    }
}
