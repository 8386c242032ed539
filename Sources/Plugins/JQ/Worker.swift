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
        /// Whether it is asked nothing any more.
        var isRetired = false
        /// Whether it has been asked something.
        var isAsked = false
        var outcome: Outcome?
        var wake: (@Sendable () -> Void)?
    }

    init(place: UInt32, number: UInt32, line: any WorkerLine) {
        self.place = place
        self.number = number
        self.line = line
    }

    /// Asks it something, when the question before is over; false if it answers no more.
    func ask(_ frame: [UInt8]) -> Bool {
        let isThere = mail.withLock { mail in
            guard !mail.isRetired else { return false }
            mail = Mail(isAsked: true)
            return true
        }
        if isThere { line.ask(frame) }
        return isThere
    }

    /// Asks it nothing any more.
    func retire() {
        mail.withLock { $0.isRetired = true }
        line.close()
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

    /// Notes what has become of the question; false when there is none, or it is over.
    @discardableResult
    func settle(_ outcome: Outcome) -> Bool {
        let (isFirst, wake) = mail.withLock { mail -> (Bool, (@Sendable () -> Void)?) in
            guard mail.isAsked, mail.outcome == nil else { return (false, nil) }
            mail.outcome = outcome
            return (true, mail.wake.take())
        }
        wake?()
        return isFirst
    }
}
