import Aggregator
import Machine
import Plugins
import Sandbox
import Synchronization
import TestSupport

/// Templates and workers in memory: a worker answers what the test lets it.
final class MemoryWorkshop: Workshop, TemplateLine {
    let reports = MemoryLine<Report>()
    let workers = Mutex<[MemoryWorker]>([])
    /// Places whose workers were ended, in order.
    let ended = Mutex<[UInt32]>([])
    let opened = Mutex(0)

    func open(_ programs: [Program]) throws(Failure) -> any TemplateLine {
        opened.withLock { $0 += 1 }
        return self
    }

    func next() async -> Report? { await reports.next() }

    func start(place: UInt32, number: UInt32) throws(Failure) -> any WorkerLine {
        let worker = MemoryWorker(place: place, number: number)
        workers.withLock { $0.append(worker) }
        return worker
    }

    func end(place: UInt32, number: UInt32) { ended.withLock { $0.append(place) } }
    func stop() async {}
}

final class MemoryWorker: WorkerLine {
    let place: UInt32
    let number: UInt32
    let asked = Mutex<[[UInt8]]>([])
    let answers = MemoryLine<[UInt8]>()

    init(place: UInt32, number: UInt32) {
        self.place = place
        self.number = number
    }

    func ask(_ frame: [UInt8]) { asked.withLock { $0.append(frame) } }
    func answer() async -> [UInt8]? { await answers.next() }
    func close() { answers.end() }
    var isAsked: Bool { asked.withLock { !$0.isEmpty } }
    var isClosed: Bool { answers.hasEnded }
}

/// Values from one task to another.
final class MemoryLine<Element: Sendable>: Sendable {
    private let state = Mutex<(values: [Element], hasEnded: Bool)>(([], false))
    private let changed = Signal()

    func send(_ value: Element) {
        state.withLock { $0.values.append(value) }
        changed.raise()
    }

    func end() {
        state.withLock { $0.hasEnded = true }
        changed.raise()
    }

    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    func next() async -> Element? {
        while true {
            let version = changed.version
            let (value, hasEnded) = state.withLock { state in
                (state.values.isEmpty ? nil : state.values.removeFirst(), state.hasEnded)
            }
            if let value { return value }
            if hasEnded || Task.isCancelled { return nil }
            await changed.wait(after: version)
        }
    }
}

/// A pool in memory on a loop that runs when the test says so.
final class Bench: Sendable {
    let loop = Loop()
    let time = ManualTime()
    let workshop = MemoryWorkshop()
    let pool: Pool
    private let running: Task<Void, Never>

    init(ready: Int = 1) {
        let pool = Pool(
            [Program(".")], Pool.Settings(ready: ready), workshop: workshop, time: time, log: .none,
            random: { 0.5 })
        self.pool = pool
        running = loop.start { await pool.run() }
        loop.run()
    }

    func begin() {
        workshop.reports.send(.ready(library: "", isConfined: true))
        loop.run()
    }

    /// Asks for an evaluation; its outcome is there once the loop has brought it about.
    func ask() -> Outcome {
        let outcome = Outcome()
        let pool = pool
        outcome.task = loop.start {
            do throws(Failure) {
                let finding = try await pool.evaluate(question(0, "1"))
                outcome.set("\(finding)")
            } catch {
                outcome.set(error.message)
            }
        }
        loop.run()
        return outcome
    }

    func advance(_ duration: Duration) {
        time.set(time.now.advanced(by: duration))
        loop.run()
    }

    var workers: [MemoryWorker] { workshop.workers.withLock { $0 } }

    func stop() {
        running.cancel()
        loop.run()
    }
}

final class Outcome: Sendable {
    private let state = Mutex<(text: String?, task: Task<Void, Never>?)>((nil, nil))
    var text: String? { state.withLock { $0.text } }
    func set(_ text: String) { state.withLock { $0.text = text } }
    var task: Task<Void, Never>? {
        get { state.withLock { $0.task } }
        set { state.withLock { $0.task = newValue } }
    }
}
