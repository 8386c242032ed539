import Aggregator
import Machine
import Programs
import Synchronization
import Wire

/// A program that judges: started, greeted, asked, and started again when it ends.
final class Executable: Sendable {
    /// How long it may take until it greets.
    private static let patience = Duration.seconds(10)
    /// A run that lasted this long was none of a row of failures.
    private static let lasting = Duration.seconds(10)
    /// How many may wait to ask it something.
    private static let waiters = 1024
    /// The longest message of it.
    private static let limit = 128 << 20
    /// How much of what it wrote last is told, in lines and characters of each.
    private static let mostLines = 5
    private static let longestLine = 300

    private typealias Waiting = Ticket<Result<Peer, RuleFault>>

    private struct State {
        /// Who is asked; nil while nobody can be.
        var peer: Peer?
        /// What the present run has said without being asked.
        var inbox: ExecutableInbox?
        /// Whether its present run, or the one that ended last, has answered anything.
        var hasAnswered = false
        var concurrency = 0
        var busy = 0
        /// Those who wait until it can be asked one thing more.
        var line = WaitingLine<Result<Peer, RuleFault>>()
        /// Why it cannot be asked; nil while it can, or has not been tried yet.
        var problem: String?
        /// What its latest run that ended wrote last to standard error.
        var trail: [String] = []
    }

    private let name: String
    private let settings: ExecutableSettings
    private let tools: PluginTools
    /// What is done whenever it can be asked, for the first time or again.
    private let began: @Sendable () -> Void
    private let changed = Signal()
    private let state = Mutex(State())

    /// The program of a plugin; it does not run before `run`.
    init(
        _ name: String, _ settings: ExecutableSettings, _ tools: PluginTools,
        began: @escaping @Sendable () -> Void = {}
    ) {
        self.began = began
        self.name = name
        self.settings = settings
        self.tools = tools
    }

    /// Why it cannot be asked at present, if that is known.
    var problem: String? { state.withLock { $0.problem } }

    /// Waits until it has greeted, or is known not to: then why, and what it wrote last.
    func trial() async -> PluginTrouble? {
        while !Task.isCancelled {
            let version = changed.version
            let (isThere, problem, trail) = state.withLock {
                ($0.peer != nil, $0.problem, $0.trail)
            }
            if isThere { return nil }
            if let problem { return PluginTrouble("It cannot be asked: \(problem)", trail: trail) }
            await changed.wait(after: version)
        }
        return nil
    }

    // MARK: Asking

    /// Asks it something, with a request that `write` appends under the id that it is given; when
    /// the deadline comes or the task is cancelled, it is told so.
    func ask(
        by deadline: ContinuousClock.Instant, _ write: (_ id: Int, _ line: inout [UInt8]) -> Void
    ) async throws(RuleFault) -> Message {
        let peer = if let free = free() { free } else { try await place(by: deadline) }
        defer { leave(peer) }
        do throws(Failure) {
            let answer = try await peer.ask(by: deadline, write)
            state.withLock { if $0.peer === peer { $0.hasAnswered = true } }
            return answer
        } catch {
            throw fault(error)
        }
    }

    /// Who may be asked one thing more at once, if there is somebody.
    private func free() -> Peer? {
        state.withLock { state in
            guard let peer = state.peer, state.busy < state.concurrency else { return nil }
            state.busy += 1
            return peer
        }
    }

    /// Waits until it runs and may be asked one thing more.
    private func place(by deadline: ContinuousClock.Instant) async throws(RuleFault) -> Peer {
        let ticket = try state.withLock { (state) throws(RuleFault) in
            if state.peer == nil, let problem = state.problem { throw RuleFault(problem, .absent) }
            guard state.line.count < Self.waiters else {
                throw RuleFault("too many calls wait for it.")
            }
            return state.line.join()
        }
        if let given = await ticket.wait(until: deadline, on: tools.time) {
            return try given.get()
        }
        state.withLock { $0.line.leave(ticket) }
        if case .success(let peer) = ticket.close() { leave(peer) }
        throw Task.isCancelled ? .cancelled : tooLate
    }

    /// Why nobody could be asked in time: it has not greeted, or has its hands full.
    private var tooLate: RuleFault {
        let time = "\(settings.guarding.safety.deadline.described) ('deadline')"
        let (peer, inbox) = state.withLock { ($0.peer, $0.inbox) }
        guard peer == nil, let inbox else {
            return RuleFault("its program was busy with other calls for \(time).", .absent)
        }
        return RuleFault(inbox.silence(within: time), .absent)
    }

    /// Gives a place back, or to the first who waits for one.
    private func leave(_ peer: Peer) {
        while true {
            let next = state.withLock { state -> Waiting? in
                guard state.peer === peer else { return nil }
                if let next = state.line.popFirst() { return next }
                state.busy -= 1
                return nil
            }
            guard let next, !next.give(.success(peer)) else { return }
        }
    }

    private func fault(_ failure: Failure) -> RuleFault {
        switch failure.code {
        case .lost, .unavailable:
            failure.executed == .no
                ? RuleFault("its program ended before it could be asked.", .absent)
                : RuleFault("its program ended while it was asked.")
        case .malformed: RuleFault("it answered with something that is no answer.")
        case .cancelled: .cancelled
        case .timeout: late
        default: RuleFault("it could not be asked.")
        }
    }

    private var late: RuleFault {
        let deadline = settings.guarding.safety.deadline
        return RuleFault("it took longer than \(deadline.described) ('deadline').")
    }

    // MARK: Running

    /// Keeps the program running until the task is cancelled.
    func run() async {
        // Who comes later need not wait for a program that nobody starts again.
        defer { fail("its program was ended, because a reload has replaced it.") }
        var backoff = Backoff()
        while !Task.isCancelled {
            let start = tools.time.now
            let reason = await runOnce()
            guard !Task.isCancelled else { return }
            if didWork(since: start) { backoff.succeeded() }
            tools.log(.error, "Plugin '\(name)': \(reason) It is started again.")
            fail(reason)
            await tools.time.sleep(for: backoff.failed(fraction: Double.random(in: 0..<1)))
        }
    }

    /// Whether a run was of use to somebody: then the next failure is a first one again.
    private func didWork(since start: ContinuousClock.Instant) -> Bool {
        let hasAnswered = state.withLock { state in
            defer { state.hasAnswered = false }
            return state.hasAnswered
        }
        return hasAnswered || start.duration(to: tools.time.now) >= Self.lasting
    }

    /// Tells whoever waits why it cannot be asked.
    private func fail(_ reason: String) {
        let waiting = state.withLock { state in
            state.problem = reason
            return state.line.popAll()
        }
        for ticket in waiting { _ = ticket.give(.failure(RuleFault(reason, .absent))) }
        changed.raise()
    }

    /// Runs the program once; why it ended, as a sentence.
    private func runOnce() async -> String {
        guard let programs = tools.programs else { return "no program may be started here." }
        do throws(MachineFailure) {
            let launch = launch(programs.environment)
            let child = try Child.spawn(launch, on: programs.loop) { [name, tools] line in
                tools.log(.info, "[\(name)] \(line)")
            }
            let reason = await converse(child)
            state.withLock { state in
                (state.peer, state.inbox) = (nil, nil)
                state.busy = 0
            }
            // Nobody waits until it is gone for what is known.
            if let reason { fail(reason) }
            let status = await child.stop(closing: .seconds(1), terminating: .seconds(1))
            let trail = child.log.tail.split(separator: "\n").suffix(Self.mostLines)
                .map { String($0.prefix(Self.longestLine)) }
            state.withLock { $0.trail = trail }
            return reason ?? "its program \(status)."
        } catch {
            return "its program does not start: \(error.message)"
        }
    }

    /// One conversation, to its end; why it was given up, nil where the program ended it.
    private func converse(_ child: Child) async -> String? {
        let peer = Peer(
            name: name, transport: ChildPipe(child.input), time: tools.time,
            timeouts: { Configuration.Timeouts() })
        let lines = ChildLines(child.output, name: name, limit: Self.limit)
        let conversation = LineConversation(
            peer: peer, source: lines, limits: Limits(bytes: Self.limit))
        let end = Signal()
        let inbox = ExecutableInbox(
            name, tools.log, greeted: { [self] in begin(peer, $0) }, failed: { end.raise() })
        state.withLock { $0.inbox = inbox }
        await withDiscardingTaskGroup { group in
            group.addImmediateTask {
                _ = await lines.interruptible { await conversation.run(inbox) }
                end.raise()
            }
            group.addImmediateTask { await peer.keepDeadlines() }
            // Who has not greeted by then never will.
            await end.wait(
                after: 0, until: tools.time.now.advanced(by: Self.patience), on: tools.time)
            if inbox.hasGreeted { await end.wait(after: 0) }
            group.cancelAll()
        }
        if let problem = inbox.problem { return problem }
        if inbox.hasGreeted || child.output.hasEnded { return nil }
        return inbox.silence(within: Self.patience.described)
    }

    private func begin(_ peer: Peer, _ greeting: Greeting) {
        let first = state.withLock { state in
            state.peer = peer
            state.hasAnswered = false
            state.concurrency = greeting.concurrency
            state.problem = nil
            var first: [Waiting] = []
            while first.count < greeting.concurrency, let next = state.line.popFirst() {
                first.append(next)
            }
            state.busy = first.count
            return first
        }
        for ticket in first where !ticket.give(.success(peer)) { leave(peer) }
        changed.raise()
        began()
    }

    /// The whole environment is said: the usual variables of ours, and those that the entry names.
    private func launch(_ ours: Environment) -> Launch {
        var variables = ours.variables.filter { UsualVariables.admit($0.name) }
        variables += settings.env.map { ($0.name, $0.value.value) }
        variables.append(("MANIFOLD_PLUGIN", "\(Greeting.contract)"))
        return Launch(
            executable: settings.command.value, arguments: settings.args.map(\.value),
            environment: variables, directory: settings.cwd?.value,
            shown: Launch.Words(
                executable: settings.command.written, directory: settings.cwd?.written))
    }
}
