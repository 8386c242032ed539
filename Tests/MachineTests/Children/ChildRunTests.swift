import Synchronization
import Testing

@testable import Machine

@Suite(.admitted, .timeLimit(.minutes(10))) struct ChildRunTests {
    /// Long enough that no test waits it out.
    let long = Duration.seconds(3600)

    private func failure(
        of launch: Launch, limit: Int = 1 << 20, within patience: Duration
    ) throws -> MachineFailure? {
        let failure = Mutex<MachineFailure?>(nil)
        try onLoop { loop in
            do throws(MachineFailure) {
                _ = try await Child.run(launch, on: loop, limit: limit, within: patience)
            } catch {
                failure.withLock { $0 = error }
            }
        }
        return failure.withLock { $0 }
    }

    @Test("a program's output, its end and its last words are there, and it has nothing to read")
    func running() throws {
        try onLoop { [long] loop in
            let launch = Launch.shell("cat; echo out; echo err >&2; exit 3")
            let finished = try await Child.run(launch, on: loop, limit: 100, within: long)
            #expect(finished.status == .code(3))
            #expect(finished.output == Array("out\n".utf8))
            #expect(finished.errors == "err\n")
        }
    }

    @Test("a program that takes too long is ended")
    func slow() throws {
        let failure = try failure(of: .shell("exec sleep 1000"), within: .milliseconds(20))
        #expect(failure?.code == .timedOut)
    }

    @Test("a program that writes too much is ended")
    func wordy() throws {
        let failure = try failure(of: .shell("exec yes"), limit: 1000, within: long)
        #expect(failure?.code == .tooLarge)
    }

    @Test("a program that does not exist is named")
    func missing() throws {
        let launch = Launch(executable: "no-such-program", environment: [("PATH", "/bin")])
        let failure = try failure(of: launch, within: long)
        #expect(failure?.message.contains("no-such-program") == true)
    }
}
