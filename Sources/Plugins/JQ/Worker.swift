import Sandbox
import Synchronization

/// One worker of the pool: a place, the process that is there now, and the question it works on.
final class Worker: Sendable {
    let place: UInt32
    /// Which of the processes of its place it is.
    let number: UInt32
    let line: any WorkerLine
    private let mail = Mutex(Mail())

    /// What has become of the question.
    enum Outcome: Sendable {
        case answered([UInt8])
        /// The process ended by itself, as this phrase says.
        case ended(String)
        /// The template is gone, and with it every worker.
        case lost
    }

    private struct Mail {
        var outcome: Outcome?
        var wake: (@Sendable () -> Void)?
    }

    init(place: UInt32, number: UInt32, line: any WorkerLine) {
        self.place = place
        self.number = number
        self.line = line
    }

    /// What has become of the question; nil while nothing has.
    var outcome: Outcome? { mail.withLock { $0.outcome } }

    /// Notes who is to be woken by the outcome; at once if there is one.
    func expect(_ wake: @escaping @Sendable () -> Void) {
        let isThere = mail.withLock { mail in
            mail.wake = wake
            return mail.outcome != nil
        }
        if isThere { wake() }
    }

    /// Notes what has become of the question; the first outcome counts.
    func settle(_ outcome: Outcome) {
        let wake = mail.withLock { mail -> (@Sendable () -> Void)? in
            guard mail.outcome == nil else { return nil }
            mail.outcome = outcome
            return mail.wake.take()
        }
        wake?()
    }

    /// Makes room for the next question.
    func clear() { mail.withLock { $0 = Mail() } }
}
