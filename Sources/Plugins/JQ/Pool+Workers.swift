import Aggregator
import Machine
import Sandbox
import Synchronization

extension Pool {
    /// Puts a worker into a place and hears its answers; nil when the template is gone.
    func start(_ place: UInt32) throws(Failure) -> Worker? {
        let (template, number) = state.withLock { state in
            state.lastNumber += 1
            return (state.template, state.lastNumber)
        }
        guard let template else { throw Failure(.refused, "the workers are being started") }
        let line = try template.start(place: place, number: number)
        let worker = Worker(place: place, number: number, line: line)
        state.withLock { state in
            state.workers[place] = worker
            state.unreported[number] = worker
        }
        nursery.start { await self.hear(worker) }
        return worker
    }

    /// Gives a worker back.
    func release(_ worker: Worker) {
        let isSurplus = state.withLock { state in
            // One that has died since is replaced already.
            guard state.workers[worker.place] === worker else { return false }
            guard state.waiting == 0, state.idle.count >= settings.ready else {
                state.idle.append(worker)
                return false
            }
            state.workers[worker.place] = nil
            return true
        }
        if isSurplus { end(worker) } else { changed.raise() }
    }

    /// Gives up a worker that is late or has grown; another one takes its place.
    ///
    /// Nobody waits for either: the order is sent, and carried out by the template.
    func replace(_ worker: Worker) {
        worker.line.close()
        let (isCurrent, isWanted) = state.withLock { state in
            let isCurrent = state.workers[worker.place] === worker
            if isCurrent { state.workers[worker.place] = nil }
            state.idle.removeAll { $0 === worker }
            return (isCurrent, state.workers.count < settings.ready || state.waiting > 0)
        }
        guard isCurrent else { return }
        guard isWanted, let next = try? start(worker.place) else { return end(worker) }
        // Taken last: a process that has just been copied waits for its first turn on a busy machine.
        state.withLock { $0.idle.insert(next, at: 0) }
        changed.raise()
    }

    private func end(_ worker: Worker) {
        worker.line.close()
        state.withLock { $0.template }?.end(place: worker.place, number: worker.number)
        changed.raise()
    }

    /// Takes in what a worker answers until its line ends; ended by itself, it is replaced, and the
    /// template will say how it ended.
    private func hear(_ worker: Worker) async {
        // An answer to nothing would be taken for that to the next question.
        while let frame = await worker.line.answer(), worker.settle(.answered(frame)) {}
        guard !Task.isCancelled else { return }
        replace(worker)
    }

    /// The template says how a worker ended.
    func ended(_ number: UInt32, _ status: ExitStatus) {
        let worker = state.withLock { $0.unreported.removeValue(forKey: number) }
        worker?.settle(.ended(Self.words(status)))
    }

    /// What the end of a worker means for the program that it ran.
    ///
    /// libjq gives up where there is no memory, and where it finds a mistake of its own.
    private static func words(_ status: ExitStatus) -> String {
        switch status {
        case .signal(ExitStatus.badCall):
            "its worker was ended by the system for trying more than to compute"
        case .signal:
            "its worker was ended (\(status)): the program needs more than"
                + " \(Template.memory >> 20) MB, or met a fault of libjq"
        case .code: "its worker \(status)"
        }
    }
}
