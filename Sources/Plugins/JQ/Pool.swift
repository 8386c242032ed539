package import Aggregator
package import Sandbox
import Synchronization

/// The workers in which the programs of all rules run.
///
/// One template compiles the programs; there is a worker for each processor, and a few more while
/// those are busy. A worker that is late is killed and replaced, which nobody waits for.
package final class Pool: Sendable {
    /// How a pool is dimensioned.
    package struct Settings: Sendable {
        /// How many workers are kept ready.
        package var ready: Int
        /// How long a program may take, and how long it may wait for a worker.
        package var deadline: Duration = .seconds(1)
        /// How long a call waits for the programs to be compiled.
        package var start: Duration = .seconds(10)

        package init(ready: Int) { self.ready = max(1, ready) }

        /// How many workers there are at most.
        var most: Int { max(8, 4 * ready) }
    }

    /// How many may wait for a worker.
    private static let waiters = 1024
    /// How long one waits for a worker that is busy before there is one more: nearly all programs are
    /// done sooner than a process is made.
    private static let patience = Duration.milliseconds(10)
    /// A worker that had more to do with than this is replaced: its memory does not shrink.
    private static let large = 1 << 20

    struct State {
        var isRunning = false
        var template: (any TemplateLine)?
        var isConfined = true
        /// Why nothing can be run; nil while it can, or will soon.
        var problem: Failure?
        /// Which programs are none.
        var refusals: [Report.Refusal] = []
        /// Who works, by place.
        var workers: [UInt32: Worker] = [:]
        /// Whose end the template has not told of yet, by number.
        var unreported: [UInt32: Worker] = [:]
        var idle: [Worker] = []
        /// Those who wait for a worker.
        var line = WaitingLine<Result<Worker, Failure>>()
        var lastNumber: UInt32 = 0
    }

    let programs: [Program]
    let settings: Settings
    let workshop: any Workshop
    let time: any Timekeeper
    let log: Log
    /// What a refusal says to the author of a rule.
    let describe: @Sendable (Report.Refusal) -> String
    let random: @Sendable () -> Double
    let nursery = Nursery()
    /// Raised when the template has become ready or not.
    let changed = Signal()
    let state = Mutex(State())

    /// A pool that runs nothing before `run` does.
    package init(
        _ programs: [Program], _ settings: Settings, workshop: any Workshop,
        time: any Timekeeper, log: Log,
        describe: @escaping @Sendable (Report.Refusal) -> String = { $0.reason },
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.programs = programs
        self.settings = settings
        self.workshop = workshop
        self.time = time
        self.log = log
        self.describe = describe
        self.random = random
    }

    /// Runs a rule over a document.
    ///
    /// What it throws says what happened to the program, without naming the rule.
    package func evaluate(_ question: Question) async throws(Failure) -> Finding {
        if state.withLock({ $0.template }) == nil { try await ready() }
        let frame = question.frame
        var worker: Worker
        repeat {
            worker = if let free = try freeWorker() { free } else { try await waitForWorker() }
            // It may have ended before it could be asked.
        } while !worker.ask(frame)
        let deadline = time.now.advanced(by: settings.deadline)
        await time.wait(until: deadline) { wake in worker.expect(wake) }
        return try conclude(worker, question)
    }

    private func conclude(_ worker: Worker, _ question: Question) throws(Failure) -> Finding {
        switch worker.outcome {
        case .answered(let frame):
            guard let finding = Finding(frame) else {
                replace(worker)
                throw Failure(.refused, "its worker answered with something that is no answer")
            }
            if finding == .halted || question.document.count + frame.count > Self.large {
                replace(worker)
            } else {
                release(worker)
            }
            return finding
        case .ended(let reason): throw Failure(.refused, reason)
        case .lost: throw Failure(.refused, "the process that runs programs was lost")
        case nil:
            replace(worker)
            if Task.isCancelled { throw Failure(.cancelled, "the call was cancelled") }
            throw Failure(
                .timeout, "it took longer than \(settings.deadline.described) and was stopped")
        }
    }

    // MARK: Waiting

    /// Whether programs can be run at present.
    var isReady: Bool { state.withLock { $0.template != nil } }

    /// Returns when programs can be run.
    func ready() async throws(Failure) {
        let deadline = time.now.advanced(by: settings.start)
        while true {
            let version = changed.version
            let (isReady, problem) = state.withLock { ($0.template != nil, $0.problem) }
            if isReady { return }
            if let problem { throw problem }
            if Task.isCancelled { throw Failure(.cancelled, "the call was cancelled") }
            guard time.now < deadline else {
                throw Failure(
                    .timeout,
                    "the programs were not compiled within \(settings.start.described)")
            }
            await changed.wait(after: version, until: deadline, on: time)
        }
    }

    /// A worker that has nothing to do, made if need be; nil while all that are kept ready are busy.
    private func freeWorker() throws(Failure) -> Worker? {
        let (idle, place) = state.withLock { state -> (Worker?, UInt32?) in
            if let idle = state.idle.popLast() { return (idle, nil) }
            return (nil, state.freePlace(below: settings.ready))
        }
        if let idle { return idle }
        return try place.flatMap { (place) throws(Failure) in try start(place) }
    }

    /// The first worker that has nothing more to do, for those who wait in their order.
    private func waitForWorker() async throws(Failure) -> Worker {
        let (now, ticket) = try state.withLock { (state) throws(Failure) in
            guard state.line.count < Self.waiters else {
                throw Failure(.refused, "too many calls wait for a rule")
            }
            return (time.now, state.line.join())
        }
        let deadline = now.advanced(by: settings.deadline)
        let moment = min(deadline, now.advanced(by: Self.patience))
        if let given = await ticket.wait(until: moment, on: time) { return try given.get() }
        if !Task.isCancelled, let place = leave(ticket, forPlaceBelow: settings.most) {
            if let worker = try taken(ticket) { return worker }
            if let worker = try start(place) { return worker }
            throw Failure(.refused, "the workers are being started")
        }
        if let given = await ticket.wait(until: deadline, on: time) { return try given.get() }
        state.withLock { $0.line.leave(ticket) }
        if let worker = try taken(ticket) { return worker }
        if Task.isCancelled { throw Failure(.cancelled, "the call was cancelled") }
        throw Failure(.timeout, "no worker was free for it within \(settings.deadline.described)")
    }

    /// Leaves the line if there is room for one worker more.
    private func leave(
        _ ticket: Ticket<Result<Worker, Failure>>, forPlaceBelow end: Int
    ) -> UInt32? {
        state.withLock { state in
            guard let place = state.freePlace(below: end) else { return nil }
            state.line.leave(ticket)
            return place
        }
    }

    /// What was given to a ticket that has left the line.
    private func taken(_ ticket: Ticket<Result<Worker, Failure>>) throws(Failure) -> Worker? {
        try ticket.close().map { (given) throws(Failure) in try given.get() }
    }
}

extension Pool.State {
    fileprivate func freePlace(below end: Int) -> UInt32? {
        (0..<UInt32(end)).first { workers[$0] == nil }
    }
}
