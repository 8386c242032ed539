import CSpawn
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A running program in a process group of its own; reaped by the loop whatever happens.
package final class Child: Sendable {
    /// Its process id, which is its group's too.
    package let pid: Int32
    /// Its standard input.
    package let input: Output
    /// Its standard output.
    package let output: Input
    /// The last of its standard error.
    package let log: StandardErrorRing

    let loop: EventLoop
    private let state = Mutex(State())

    private struct State {
        var status: ExitStatus?
        var waiters: [Waiter] = []
    }

    private init(
        pid: Int32, input: Output, output: Input, log: StandardErrorRing, loop: EventLoop
    ) {
        self.pid = pid
        self.input = input
        self.output = output
        self.log = log
        self.loop = loop
    }

    /// Starts a program.
    ///
    /// `line` is called on the loop's thread for every line of standard error.
    ///
    /// The failure names the program and the step that failed.
    package static func spawn(
        _ launch: Launch, on loop: EventLoop, line: (@Sendable (String) -> Void)? = nil
    ) throws(MachineFailure) -> Child {
        try spawn(launch, control: -1, on: loop, line: line)
    }

    /// The same, with one more descriptor for the child, which it finds as its number 3.
    static func spawn(
        _ launch: Launch, control: Int32, on loop: EventLoop,
        line: (@Sendable (String) -> Void)?
    ) throws(MachineFailure) -> Child {
        loop.checkIsCurrent()
        let input = try Pipe.make()
        let output = try Pipe.make()
        let error = try Pipe.make()
        let pid = try Spawn.start(
            launch, input: input.reader, output: output.writer, error: error.writer,
            control: control)
        // Each pipe's other end is a description of its own, so the child's stays blocking.
        input.writer.makeNonBlocking()
        output.reader.makeNonBlocking()
        error.reader.makeNonBlocking()
        let child = Child(
            pid: pid, input: Output(input.writer, on: loop, reportsDeath: true),
            output: Input(output.reader, on: loop),
            log: StandardErrorRing(error.reader, on: loop, line: line), loop: loop)
        loop.children[pid] = child
        return child
    }

    /// How it ended; nil while it runs.
    package var status: ExitStatus? { state.withLock { $0.status } }

    /// Suspends until it has ended.
    ///
    /// Cancelling the task ends the wait, not the child.
    package func exited() async throws(CancellationError) -> ExitStatus {
        let waiter = Waiter()
        if let status = status(orAdd: waiter) { return status }
        guard await waiter.outcome() == .event, let status else { throw CancellationError() }
        return status
    }

    /// The status, or nil after adding somebody who waits for it.
    func status(orAdd waiter: Waiter) -> ExitStatus? {
        state.withLock { state in
            if state.status == nil {
                state.waiters.removeAll { $0.isOver }
                state.waiters.append(waiter)
            }
            return state.status
        }
    }

    /// Sends a signal to the whole group, while the child's own number cannot be another's.
    func signalGroup(_ number: Int32) {
        state.withLock { state in
            if state.status == nil { _ = kill(-pid, number) }
        }
    }

    /// Asks the system whether it has ended; if so, ends what it left behind and reaps it.
    func reapIfEnded() -> Bool {
        switch spawn_has_ended(pid) {
        case 0: return false
        case 1: killAndReap()
        default:
            // Somebody else took the status, so the number may be a stranger's by now.
            ended(.signal(SIGKILL))
        }
        return true
    }

    /// Kills the group and takes the leader's status.
    ///
    /// The group is killed before the leader is reaped: until then nobody else can get its number.
    func killAndReap() {
        var status: Int32 = 0
        _ = kill(-pid, SIGKILL)
        let reaped = retrying { unsafe Int(waitpid(pid, &status, 0)) }
        log.finish()
        ended(reaped == Int(pid) ? ExitStatus(waitStatus: status) : .signal(SIGKILL))
    }

    private func ended(_ status: ExitStatus) {
        let waiters = state.withLock { state in
            state.status = status
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.end(.event) }
    }
}
