import Machine
import Synchronization

/// How far requests to an upstream have come: what `check --probe` tells of the way.
final class Milestones: Sendable {
    /// What has been passed, and what stopped the latest request.
    struct Passed: Sendable {
        /// Whether the server was reached, or why not.
        var reached: Bool?
        var obstacle: String?
        /// Whether it let in who asked; nil while that is open.
        var letIn: Bool?
        /// Whether who asks is known, and lacks a right.
        var lacksRight = false
        /// Whether a server has answered with a result.
        var hasAnswer = false
        /// Whether it gave a session.
        var hasSession = false
    }

    private let state = Mutex(Passed())

    /// Everything so far.
    var passed: Passed { state.withLock { $0 } }

    /// Notes that an answer came, or that none can have been on its way.
    func reached(_ failure: MachineFailure?) {
        state.withLock { state in
            guard let failure else { return state.reached = true }
            guard failure.delivery == .notSent, failure.code != .cancelled else { return }
            state.reached = false
            state.obstacle = failure.message
        }
    }

    /// Notes what an answer says about who asks, why, and whether more rights would help.
    func letIn(_ isLetIn: Bool, _ reason: String? = nil, lacksRight: Bool = false) {
        state.withLock { state in
            state.letIn = isLetIn
            state.obstacle = reason
            state.lacksRight = lacksRight
        }
    }

    /// Notes that a server has answered with a result.
    func gotAnswer() { state.withLock { $0.hasAnswer = true } }

    /// Notes that there is a session.
    func gotSession() { state.withLock { $0.hasSession = true } }
}
