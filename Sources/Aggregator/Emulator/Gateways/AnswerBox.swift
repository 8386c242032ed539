import Aggregator
import Synchronization
import Wire

/// The channel of a request that the gateway makes itself: keeps the answer.
final class AnswerBox: Channel {
    private let answer = Mutex<Answer?>(nil)

    /// The answer; an empty result when none came.
    var taken: Answer { answer.withLock { $0 } ?? .empty }

    func send(_ aside: Draft) {}
    func answer(_ answer: Answer, id: ArraySlice<UInt8>) { self.answer.withLock { $0 = answer } }
    func answer(batch: [UInt8]) {}
    func dismiss(id: ArraySlice<UInt8>) {}
    var isShared: Bool { false }
    var isCongested: Bool { false }
    func drained() async {}
}
