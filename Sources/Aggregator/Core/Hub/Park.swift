import Synchronization
import Wire

/// A call that outlives the request it came with: its upstream asks in the middle of it, and a client
/// of 2026-07-28 is asked by an answer and comes back with another request.
///
/// It is the outlet of its upstream call from the first to the last of these requests, each of which
/// attends to it until it has its answer.
final class Park: Outlet {
    /// How long a client may take to come back, a little less than what a connection allows for a
    /// question (`OpenQuestions`), so that the upstream hears a fitting answer.
    static let life = Duration.seconds(590)
    /// How long an outcome is kept for a client that did not hear it.
    static let memory = Duration.seconds(60)
    /// How long a question waits for others that could be put together with it.
    static let collection = Duration.milliseconds(25)

    let number: Int
    let target: Target
    let pipe: ObjectIdentifier?
    let parks: Parks
    let time: any Timekeeper
    let state: Mutex<State>
    /// The task of the upstream call, while it runs.
    private let task = Mutex<TaskHandle?>(nil)
    let changed = Signal()

    /// A call that one request attends to; `pipe` tells requests of one client apart from those of
    /// others where that can be known.
    init(
        _ parks: Parks, _ target: Target, attendedBy caller: Caller, id: [UInt8],
        pipe: ObjectIdentifier?, _ time: any Timekeeper
    ) {
        number = parks.newNumber()
        self.target = target
        self.pipe = pipe
        self.parks = parks
        self.time = time
        state = Mutex(State(attendant: caller, id: id))
    }

    // MARK: The upstream's call

    /// Carries out the upstream's call, which learns of cancellation through `caller`.
    func run(_ caller: Caller, _ call: () async throws(Failure) -> Answer) async {
        TaskHandle.withCurrent { handle in task.withLock { $0 = handle } }
        let mayRun = state.withLock { state in
            state.caller = caller
            return !state.isOver
        }
        do throws(Failure) {
            guard mayRun else { throw Failure(.cancelled, "The call was cancelled.") }
            finish(.success(try await call()))
        } catch {
            finish(.failure(error))
        }
    }

    private func finish(_ outcome: Result<Answer, Failure>) {
        task.withLock { $0 = nil }
        let isKept = state.withLock { state in
            state.caller = nil
            state.outcome = outcome
            return state.isKept
        }
        if isKept { parks.hold(outcome.size, for: self) }
        changed.raise()
    }

    /// Ends the call from the client's side; what it was asked is answered with `reaction`.
    func end(_ questions: [Question], _ reaction: Inquiry.Reaction) {
        for question in questions { question.inquiry.leave(self, reaction) }
        task.withLock { $0?.cancel() }
        parks.remove(self)
        changed.raise()
    }

    // MARK: Whoever attends

    private var attendant: Caller? { state.withLock { $0.attendant } }

    /// Whether a request of the client waits for what comes of it.
    var isAttended: Bool { attendant != nil }

    /// Tells the request that attends, or the next one that will.
    func send(_ aside: Draft) {
        if let attendant = state.withLock({ $0.hearer(of: aside) }) { tell(attendant, aside) }
    }

    /// A report on the call carries the token of the request with which it comes.
    func tell(_ attendant: Caller, _ aside: Draft) {
        guard aside.message.method == .progress, let extent = aside.message.reportedToken else {
            return attendant.outlet.send(aside)
        }
        guard let token = attendant.progressToken else { return }
        var draft = Draft(aside.message)
        draft.replace(extent, with: token)
        attendant.outlet.send(draft)
    }

    var isCongested: Bool { attendant?.outlet.isCongested ?? false }
    func drained() async { await attendant?.outlet.drained() }
    func wants(_ level: LogLevel) -> Bool {
        state.withLock { $0.level }.map { level >= $0 } ?? false
    }

    /// Requests on one pipe are one client's; of any others that is not known.
    var client: ObjectIdentifier { pipe ?? ObjectIdentifier(self) }
}

extension Result where Success == Answer, Failure == Aggregator.Failure {
    /// The bytes that it keeps in memory.
    fileprivate var size: Int {
        switch self {
        case .success(.relayed(let draft)): draft.message.bytes.count
        case .success(.result(let json, _)), .success(.error(let json, _)): json.count
        case .failure: 0
        }
    }
}
