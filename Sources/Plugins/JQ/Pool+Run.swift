package import Aggregator
import Machine
package import Sandbox
import Synchronization

extension Pool {
    /// Keeps a template and its workers until the task is cancelled.
    ///
    /// Whoever comes second has nothing to do.
    package func run() async {
        let isFirst = state.withLock { state in
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard isFirst else { return }
        await withDiscardingTaskGroup { group in
            group.addImmediateTask { await self.nursery.run() }
            await keepTemplate()
            group.cancelAll()
        }
    }

    /// Whether workers can do nothing but compute, as far as that is known.
    package var isConfined: Bool { state.withLock { $0.isConfined } }

    /// Which programs are none, once that has been found out; waits for it.
    package func refusals() async throws(Failure) -> [Report.Refusal] {
        do throws(Failure) {
            try await ready()
            return []
        } catch {
            let refusals = state.withLock { $0.refusals }
            if refusals.isEmpty { throw error }
            return refusals
        }
    }

    private func keepTemplate() async {
        var backoff = Backoff()
        while !Task.isCancelled {
            var wasReady = false
            do throws(Failure) {
                let template = try workshop.open(programs)
                wasReady = await serve(template)
                lose(template)
                await template.stop()
                if !wasReady, !Task.isCancelled, state.withLock({ $0.problem == nil }) {
                    fail(
                        "to compile them takes more than \(Template.memory >> 20) MB, or a fault of libjq"
                    )
                }
            } catch {
                fail(error.message)
            }
            if Task.isCancelled || state.withLock({ !$0.refusals.isEmpty }) { break }
            if wasReady { backoff.succeeded() }
            let delay = backoff.failed(fraction: random())
            await time.sleep(for: delay)
        }
        // Programs that are none do not become any by trying again.
        while !Task.isCancelled { await changed.wait(after: changed.version) }
    }

    /// Hears what a template reports until it ends; whether it was ready.
    private func serve(_ template: any TemplateLine) async -> Bool {
        var wasReady = false
        while let report = await template.next() {
            switch report {
            case .ready(let library, let isConfined):
                wasReady = true
                begin(template, library, isConfined)
            case .refused(let refusals):
                state.withLock { $0.refusals = refusals }
                // Their lines are for terminals; here, one says it all.
                let reasons = refusals.map { String(describe($0).prefix { $0 != "\n" }) }
                fail(reasons.joined(separator: "; "))
            case .unable(let reason): fail(reason)
            case .ended(_, let number, let status): ended(number, status)
            }
        }
        return wasReady
    }

    private func begin(_ template: any TemplateLine, _ library: String, _ isConfined: Bool) {
        state.withLock { state in
            state.template = template
            state.isConfined = isConfined
            state.problem = nil
        }
        let bounds = isConfined ? "confined" : "not confined by this system"
        let rules = programs.count == 1 ? "1 jq rule is" : "\(programs.count) jq rules are"
        log(.info, "\(rules) compiled (\(library), workers \(bounds)).")
        for place in 0..<UInt32(settings.ready) {
            guard let worker = try? start(place) else { break }
            release(worker)
        }
        changed.raise()
    }

    private func fail(_ reason: String) {
        log(.error, "The jq rules cannot be run: \(reason).")
        state.withLock { state in
            state.problem = Failure(.refused, "the programs cannot be run: \(reason)")
        }
        changed.raise()
    }

    /// A template that is gone has taken every worker with it.
    private func lose(_ template: any TemplateLine) {
        let (workers, waiting) = state.withLock { state in
            let workers = Array(state.unreported.values)
            state.template = nil
            state.workers = [:]
            state.unreported = [:]
            state.idle = []
            return (workers, state.line.popAll())
        }
        for worker in workers {
            worker.retire()
            worker.settle(.lost)
        }
        for ticket in waiting {
            _ = ticket.give(
                .failure(Failure(.refused, "the process that runs programs was lost")))
        }
        if !Task.isCancelled, state.withLock({ $0.problem }) == nil {
            log(.warning, "The process that runs jq rules was lost; another one is started.")
        }
        changed.raise()
    }
}
