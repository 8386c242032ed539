import Glibc
import Synchronization
import Testing

@testable import Machine

@Suite(.admitted, .timeLimit(.minutes(10))) struct ChildStopTests {
    /// Long enough that no test waits it out.
    let long = Duration.seconds(3600)

    @Test("a polite child ends when its input closes, having read everything")
    func polite() throws {
        try onLoop { [long] loop in
            let child = try Child.spawn(.shell("wc -c"), on: loop)
            child.input.write { $0 += [UInt8](repeating: 7, count: 1 << 20) }
            async let output = child.output.readAll()
            #expect(await child.stop(closing: long, terminating: long) == .code(0))
            #expect(try await output == Array("1048576\n".utf8))
        }
    }

    @Test("a child deaf to its input gets SIGTERM")
    func deaf() throws {
        try onLoop { [long] loop in
            let child = try Child.spawn(.shell("exec sleep 1000"), on: loop)
            let status = await child.stop(closing: .milliseconds(20), terminating: long)
            #expect(status == .signal(SIGTERM))
        }
    }

    @Test("a child deaf to its input and to SIGTERM is killed, also in a cancelled task")
    func stubborn() throws {
        try onLoop { loop in
            let script = "trap '' TERM; echo ready; while :; do sleep 1000; done"
            let child = try Child.spawn(.shell(script), on: loop)
            var bytes: [UInt8] = []
            _ = try await child.output.read(into: &bytes)
            await withTaskGroup(of: ExitStatus.self) { group in
                group.addTask {
                    await child.stop(closing: .milliseconds(20), terminating: .milliseconds(50))
                }
                group.cancelAll()
                #expect(await group.next() == .signal(SIGKILL))
            }
        }
    }

    @Test("a grandchild does not outlive the child")
    func grandchild() throws {
        try onLoop { loop in
            let script = "trap '' TERM; sleep 1000 & echo started; read line; exit 0"
            let child = try Child.spawn(.shell(script), on: loop)
            child.input.write("\n")
            // The grandchild holds the child's output, so its end is the grandchild's.
            #expect(try await child.output.readAll() == Array("started\n".utf8))
            #expect(try await child.exited() == .code(0))
        }
    }

    @Test("stopping twice, or after the end, is harmless")
    func twice() throws {
        try onLoop { [long] loop in
            let child = try Child.spawn(.shell("cat; exit 4"), on: loop)
            async let first = child.stop(closing: long, terminating: long)
            async let second = child.stop(closing: long, terminating: long)
            #expect(await first == .code(4))
            #expect(await second == .code(4))
            #expect(await child.stop(closing: long, terminating: long) == .code(4))
        }
    }

    @Test("a loop that ends leaves no child behind")
    func tearDown() async throws {
        try await withTemporaryFolder { folder in
            // Whoever lives holds the pipe open for writing.
            #expect(unsafe mkfifo("\(folder)/alive", 0o600) == 0)
            let alive = unsafe open("\(folder)/alive", O_RDONLY | O_NONBLOCK)
            defer { close(alive) }
            try onLoop { loop in
                let script = "trap '' TERM; exec 3>\(folder)/alive; sleep 999 & echo; sleep 999"
                let child = try Child.spawn(.shell(script), on: loop)
                var bytes: [UInt8] = []
                _ = try await child.output.read(into: &bytes)
            }
            _ = fcntl(alive, F_SETFL, 0)
            var byte: UInt8 = 0
            #expect(unsafe read(alive, &byte, 1) == 0)
        }
    }
}
