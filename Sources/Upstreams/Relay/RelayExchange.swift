import Aggregator
import Synchronization
import Wire

/// One message of the client under way.
final class RelayExchange: Sendable {
    private struct State {
        /// The answers that are still missing.
        var missing: [RelayId]
        /// The answer, where it is for ourselves.
        var answer: Parcel?
        /// The code of the error that it was answered with.
        var code: Int?
        /// Questions of the server that came as its answer.
        var questions: [RelayId] = []
        /// How many of them the client's word is on its way to.
        var passing = 0
        /// What the client said to them.
        var replies: [Parcel] = []
        /// As whom it is sent.
        var side: RelaySide
        /// Cancelled and removed under the lock only.
        var task: TaskHandle?
    }

    /// The order in which they came.
    let number: UInt64
    let parcel: Parcel
    let began: ContinuousClock.Instant
    /// Whether we ask for ourselves: the answer is not shown.
    let isOwn: Bool
    /// Raised when something in it changes.
    let changed = Signal()
    private let state: Mutex<State>

    /// A message that is about to be carried.
    init(
        _ number: UInt64, _ parcel: Parcel, at now: ContinuousClock.Instant, as side: RelaySide,
        isOwn: Bool = false
    ) {
        self.number = number
        self.parcel = parcel
        began = now
        self.isOwn = isOwn
        state = Mutex(State(missing: parcel.asked, side: side))
    }

    /// Whether what comes after it has to wait: the other side is being greeted.
    var isOpening: Bool { parcel.method == .initialize || parcel.method == .initialized }

    /// As whom it is sent.
    var side: RelaySide { state.withLock { $0.side } }

    /// Has it sent as somebody else.
    func go(as side: RelaySide) { state.withLock { $0.side = side } }

    /// The answers that are still missing.
    var missing: [RelayId] { state.withLock { $0.missing } }

    /// Whether an answer is still missing.
    var isOpen: Bool { state.withLock { !$0.missing.isEmpty } }

    /// What was answered to our own question.
    var answer: Parcel? { state.withLock { $0.answer } }

    /// The code of the error that it was answered with; nil for none.
    var code: Int? { state.withLock { $0.code } }

    /// Notes an answer; whether it was the last one.
    func settle(_ id: RelayId, _ answer: Parcel? = nil) -> Bool {
        let isLast = state.withLock { state in
            state.missing.removeAll { $0 == id }
            state.code = answer?.error?.code
            if isOwn { state.answer = answer }
            return state.missing.isEmpty
        }
        changed.raise()
        return isLast
    }

    // MARK: Questions that came in the place of the answer

    /// Notes a question of the server.
    func asked(_ id: RelayId) { state.withLock { $0.questions.append(id) } }

    /// The questions of the server that came as its answer.
    var questions: [RelayId] { state.withLock { $0.questions } }

    /// Notes that the client's word to a question is on its way.
    func passes(_ id: RelayId) {
        state.withLock { state in
            state.questions.removeAll { $0 == id }
            state.passing += 1
        }
    }

    /// Notes that it has arrived, and what was asked instead of an answer.
    func passed(_ next: [RelayId]) {
        state.withLock { state in
            state.questions += next
            state.passing -= 1
        }
        changed.raise()
    }

    /// Whether an answer may come elsewhere, since a question ended this: the client's word to it is
    /// on its way, or may still come.
    func mayBeAnswered(_ isOver: Bool) -> Bool {
        state.withLock { $0.passing > 0 || !$0.questions.isEmpty && !isOver }
    }

    /// Whether the server waits for the client's word.
    var isQuestioned: Bool {
        state.withLock { !$0.questions.isEmpty || !$0.replies.isEmpty }
    }

    /// Takes the client's word to a question of this exchange; false if it has none such.
    func reply(_ parcel: Parcel) -> Bool {
        let isTaken = state.withLock { state in
            guard let id = parcel.answered.first,
                let index = state.questions.firstIndex(of: id)
            else { return false }
            state.questions.remove(at: index)
            state.replies.append(parcel)
            return true
        }
        if isTaken { changed.raise() }
        return isTaken
    }

    /// The client's next word that was not passed on yet.
    func nextReply() -> Parcel? {
        state.withLock { $0.replies.isEmpty ? nil : $0.replies.removeFirst() }
    }

    // MARK: The task that carries it

    /// Notes that the running task carries it.
    func taken() { TaskHandle.withCurrent { task in state.withLock { $0.task = task } } }

    /// Notes that the task is ending.
    func ended() { state.withLock { $0.task = nil } }

    /// Ends the request and the stream of its answer.
    func hangUp() { state.withLock { $0.task?.cancel() } }
}
