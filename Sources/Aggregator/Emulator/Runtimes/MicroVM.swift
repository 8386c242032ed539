import Aggregator
import Machine
import Synchronization
import Wire

/// What a session of a runtime has to itself: here a process of the runtime's command, which is
/// started, probed and ended as the platform does it (AgentCore, "Runtime sessions").
final class MicroVM: Sendable {
    /// How far its life is.
    enum Phase: Sendable {
        case starting
        case running
        /// It never listened.
        case failed(EdgeFailure)
        case over
    }

    struct State {
        var phase = Phase.starting
        var isToStop = false
        /// Whether it goes without a word, as when its host fails.
        var isAbrupt = false
        var isHealthy = true
        /// Whether a request was answered well; before that, an error counts as a start that fails.
        var hasAnswered = false
        var lastUse: ContinuousClock.Instant
        /// The id of the session that the program has made, where it makes them.
        var programSession: String?
        /// The time of the last change that `/ping` has told.
        var lastUpdate: Int?
        var missedProbes = 0
        var requests = 0
        var process: Int32?
        var port = 0
    }

    let runtime: RuntimeSettings
    /// The session that it belongs to, as its client knows it.
    let session: String
    let qualifier: String
    let host: ProgramHost
    let state: Mutex<State>
    /// Raised when something has changed that somebody waits for.
    let changed = Signal()

    init(_ runtime: RuntimeSettings, session: String, qualifier: String, on host: ProgramHost) {
        self.runtime = runtime
        self.session = session
        self.qualifier = qualifier
        self.host = host
        state = Mutex(State(lastUse: host.time.now))
    }

    // MARK: Requests

    /// Suspends until it can be asked; throws why it never will.
    func ready() async throws(EdgeFailure) {
        while true {
            let version = changed.version
            switch state.withLock({ $0.phase }) {
            case .running:
                guard state.withLock({ $0.isHealthy }) else { throw .unhealthy }
                return
            case .failed(let failure): throw failure
            case .over: throw .unhealthy
            case .starting:
                if Task.isCancelled { throw .unhealthy }
                await changed.wait(after: version)
            }
        }
    }

    /// Whether calls would have to wait for its start.
    var isStarting: Bool {
        state.withLock { if case .starting = $0.phase { true } else { false } }
    }

    /// Something was heard from the client or the program.
    func touch() {
        let now = host.time.now
        state.withLock { $0.lastUse = now }
    }

    /// Ends it soon; abruptly, its program is not asked to.
    func stop(abruptly: Bool = false) {
        state.withLock { state in
            state.isToStop = true
            state.isAbrupt = abruptly
        }
        changed.raise()
    }

    /// Where the program takes requests at a path.
    func url(_ path: String) -> String { "http://127.0.0.1:\(state.withLock { $0.port })\(path)" }

    // MARK: Life

    /// Lives from the cold start to the end of the process.
    func live(startingAfter more: Duration) async {
        await host.time.sleep(runtime.coldStart + more)
        if !mustEnd, let child = start() {
            await withDiscardingTaskGroup { group in
                group.addImmediateTask { await self.readOutput(child) }
                group.addImmediateTask {
                    _ = try? await child.exited()
                    self.changed.raise()
                }
                if await becomeReady(child) { await watch(child) }
                enter(.over)
                host.log(.debug, "[\(name)] The session \(session) ends.")
                let patience: Duration = state.withLock { $0.isAbrupt } ? .zero : .seconds(2)
                _ = await child.stop(closing: .zero, terminating: patience)
                group.cancelAll()
            }
        }
        enter(.over)
    }

    /// For log lines.
    var name: String { runtime.name }

    private var mustEnd: Bool { Task.isCancelled || state.withLock { $0.isToStop } }

    /// A start that has failed stays failed.
    private func enter(_ phase: Phase) {
        state.withLock { state in
            if case .failed = state.phase { return }
            state.phase = phase
        }
        changed.raise()
    }

    private func start() -> Child? {
        do throws(MachineFailure) {
            let port = try host.ports.next(on: host.loop)
            let launch = host.launch(runtime, port: port)
            let child = try Child.spawn(launch, on: host.loop) { [host, name] line in
                host.log(.info, "[\(name)] \(line)")
            }
            state.withLock { state in
                state.port = port
                state.process = child.pid
            }
            return child
        } catch {
            host.log(.error, "Runtime '\(name)' does not start: \(error.message)")
            enter(.failed(.initialization))
            return nil
        }
    }

    private func readOutput(_ child: Child) async {
        let lines = LineReader(child.output, limit: 64 << 10)
        while (try? await lines.fill()) == true {
            while let line = lines.next() {
                guard case .complete(let bytes) = line else { continue }
                host.log(.info, "[\(name)] \(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }

    private func becomeReady(_ child: Child) async -> Bool {
        let deadline = host.time.now.advanced(by: runtime.initialization)
        while !mustEnd {
            if let status = child.status {
                host.log(.error, "Runtime '\(name)' \(status) before it listened.")
                enter(.failed(.unhealthy))
                return false
            }
            if await host.listens(self) {
                touch()
                enter(.running)
                return true
            }
            guard host.time.now < deadline else {
                host.log(
                    .error,
                    "Runtime '\(name)' does not listen at port \(state.withLock { $0.port }) "
                        + "($PORT, or '{port}' in its command).")
                enter(.failed(.initialization))
                return false
            }
            await host.time.keeper.sleep(for: .milliseconds(40))
        }
        return false
    }

    private func watch(_ child: Child) async {
        let born = host.time.now
        var nextProbe = host.time.end(of: host.probePause(runtime), from: born)
        while !mustEnd {
            let version = changed.version
            let now = host.time.now
            if let status = child.status {
                return host.log(.warning, "[\(name)] The program \(status) during a session.")
            }
            let lastUse = state.withLock { $0.lastUse }
            let end = min(
                host.time.end(of: runtime.lifetime, from: born),
                host.time.end(of: runtime.idle, from: lastUse))
            if now >= end {
                return host.log(.info, "[\(name)] A session was idle, or old, and ends.")
            }
            if now >= nextProbe {
                await host.probe(self)
                nextProbe = host.time.end(of: host.probePause(runtime), from: host.time.now)
            }
            await changed.wait(after: version, until: min(end, nextProbe), on: host.time.keeper)
        }
    }
}
