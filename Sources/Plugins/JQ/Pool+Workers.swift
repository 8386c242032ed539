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

    /// Gives a worker back, or to the first who waits for one.
    func release(_ worker: Worker) {
        if hand(worker, keepsAtEnd: true) { end(worker) }
    }

    /// Gives up a worker that is late or has grown; another one takes its place.
    ///
    /// Nobody waits for either: the order is sent, and carried out by the template.
    func replace(_ worker: Worker) {
        worker.retire()
        let (isCurrent, isWanted) = state.withLock { state in
            let isCurrent = state.workers[worker.place] === worker
            if isCurrent { state.workers[worker.place] = nil }
            state.idle.removeAll { $0 === worker }
            return (isCurrent, state.workers.count < settings.ready || state.line.count > 0)
        }
        guard isCurrent else { return }
        guard isWanted, let next = try? start(worker.place) else { return end(worker) }
        // Taken last: a process that has just been copied waits for its first turn on a busy machine.
        if hand(next, keepsAtEnd: false) { end(next) }
    }

    /// Gives a worker to the first who waits, or keeps it, to be taken first or last; whether there are
    /// enough without it, so that it has no place any more.
    private func hand(_ worker: Worker, keepsAtEnd: Bool) -> Bool {
        while true {
            let (next, isSurplus) = state.withLock { state in
                state.destination(of: worker, ready: settings.ready, keepsAtEnd: keepsAtEnd)
            }
            guard let next else { return isSurplus }
            if next.give(.success(worker)) { return false }
        }
    }

    private func end(_ worker: Worker) {
        worker.retire()
        state.withLock { $0.template }?.end(place: worker.place, number: worker.number)
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

extension Pool.State {
    /// Who gets a worker that is free: somebody who waits, or nobody yet; or it is one too many.
    fileprivate mutating func destination(
        of worker: Worker, ready: Int, keepsAtEnd: Bool
    ) -> (next: Ticket<Result<Worker, Failure>>?, isSurplus: Bool) {
        // One that has died since is replaced already.
        guard workers[worker.place] === worker else { return (nil, false) }
        if let next = line.popFirst() { return (next, false) }
        guard idle.count >= ready else {
            idle.insert(worker, at: keepsAtEnd ? idle.count : 0)
            return (nil, false)
        }
        workers[worker.place] = nil
        return (nil, true)
    }
}
