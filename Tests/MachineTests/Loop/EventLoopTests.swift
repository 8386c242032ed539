import Glibc
import Synchronization
import Testing

@testable import Machine

@Suite(.admitted, .timeLimit(.minutes(10))) struct EventLoopTests {
    @Test("run returns what the root task returns, and can run again")
    func exitCode() throws {
        let loop = try EventLoop.make()
        #expect(loop.run { 7 } == 7)
        #expect(loop.run { 8 } == 8)
    }

    @Test("a task stays on the loop's thread across waits and children")
    func thread() throws {
        try onLoop { loop in
            #expect(loop.isCurrent)
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        await Task.yield()
                        return loop.isCurrent
                    }
                }
                for await isCurrent in group { #expect(isCurrent) }
            }
        }
    }

    @Test("other threads wake a loop that waits")
    func wakeUps() throws {
        try onLoop { loop in
            let elsewhere = OffLoop(threads: 4)
            for _ in 0..<500 {
                #expect(await elsewhere.run { loop.isCurrent } == false)
                #expect(loop.isCurrent)
            }
            let sum = await withTaskGroup(of: Int.self) { group in
                for number in 0..<2000 { group.addTask { await elsewhere.run { number } } }
                return await group.reduce(0, +)
            }
            #expect(sum == 1999 * 1000)
        }
    }

    @Test("10,000 deadlines ring once each and none early")
    func manyDeadlines() throws {
        try onLoop { loop in
            let start = loop.now
            let early = try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<10_000 {
                    group.addTask {
                        let deadline = start + .microseconds(index * 20)
                        try await loop.sleep(until: deadline)
                        return loop.now < deadline
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(early == 0)
            #expect(loop.deadlines.count <= 64)
        }
    }

    @Test("a cancelled sleep ends at once and leaves nothing behind")
    func cancelledSleep() throws {
        try onLoop { loop in
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<5000 {
                    group.addTask {
                        await #expect(throws: CancellationError.self) {
                            try await loop.sleep(until: loop.now + .seconds(86_400))
                        }
                    }
                }
                await turns(on: loop)
                group.cancelAll()
            }
            #expect(loop.deadlines.count < 100)
        }
    }

    @Test("a deadline in the past has come")
    func past() throws {
        try onLoop { loop in try await loop.sleep(until: loop.now - .seconds(1)) }
    }

    @Test("tasks that keep each other busy do not starve a descriptor")
    func fairness() throws {
        try onLoop { loop in
            let pipe = try loop.makePipe()
            let isDone = Atomic(false)
            async let busy: Void = {
                while !isDone.load(ordering: .relaxed) { await Task.yield() }
            }()
            pipe.output.write("x")
            var bytes: [UInt8] = []
            #expect(try await pipe.input.read(into: &bytes) == 1)
            isDone.store(true, ordering: .relaxed)
            await busy
        }
    }

    @Test("signals arrive through the loop, equal ones merged")
    func signals() throws {
        try onLoop { loop in
            let signals = loop.signals([SIGUSR1, SIGUSR2])
            kill(getpid(), SIGUSR1)
            #expect(await signals.next() == SIGUSR1)
            async let next = signals.next()
            await Task.yield()
            kill(getpid(), SIGUSR2)
            #expect(await next == SIGUSR2)
        }
    }

    @Test("a cancelled wait for a signal returns nil")
    func cancelledSignal() throws {
        try onLoop { loop in
            let signals = loop.signals([SIGUSR2])
            await withTaskGroup(of: Int32?.self) { group in
                group.addTask { await signals.next() }
                group.cancelAll()
                #expect(await group.next() == .some(nil))
            }
        }
    }

    @Test("a loop that waits uses no processor time")
    func idle() throws {
        try onLoop { loop in
            let before = processorTime()
            try await loop.sleep(until: loop.now + .milliseconds(200))
            #expect(processorTime() - before < .milliseconds(50))
        }
    }

    @Test("loops that end give all their descriptors back")
    func descriptors() async {
        await #expect(processExitsWith: .success) {
            try onLoop { _ in }
            let before = openDescriptors()
            for _ in 0..<50 { try onLoop { loop in _ = try loop.makePipe() } }
            // The test's own runtime may open one meanwhile; fifty leaks would be more.
            #expect(openDescriptors() < before + 5)
        }
    }
}
