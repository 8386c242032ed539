import Aggregator
import Synchronization
import TestSupport
import Testing

/// With real concurrency: on the pool of threads that every task runs on by default.
@Suite(.timeLimit(.minutes(10))) struct SignalTests {
    @Test("no change between the look and the wait is missed")
    func noneMissed() async {
        let signal = Signal()
        let count = Counter()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<20_000 {
                    count.add(1)
                    signal.raise()
                }
            }
            for _ in 0..<4 {
                group.addTask {
                    while true {
                        let version = signal.version
                        if count.value == 20_000 { return }
                        await signal.wait(after: version)
                    }
                }
            }
        }
        #expect(signal.version == 20_000)
    }

    @Test("a wait ends with its task's cancellation, before, while and after it is suspended")
    func cancellation() async {
        let signal = Signal()
        for round in 0..<2000 {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await signal.wait(after: signal.version) }
                if round % 2 == 0 { await Task.yield() }
                if round % 3 == 0 { signal.raise() }
                group.cancelAll()
            }
        }
    }

    @Test("a version that has passed is not waited for")
    func past() async {
        let signal = Signal()
        signal.raise()
        await signal.wait(after: 0)
        await signal.wait(after: 0, until: nil, on: ManualTime())
        await signal.wait(after: 0, until: .now.advanced(by: .seconds(1000)), on: ManualTime())
    }

    @Test("a deadline ends a wait")
    func deadline() {
        let loop = Loop()
        let time = ManualTime()
        let signal = Signal()
        let done = Latch()
        let task = loop.start {
            await signal.wait(after: 0, until: time.now.advanced(by: .seconds(5)), on: time)
            done.open()
        }
        loop.run()
        time.set(time.now.advanced(by: .seconds(4)))
        loop.run()
        #expect(!done.isOpen)
        time.set(time.now.advanced(by: .seconds(1)))
        loop.run()
        #expect(done.isOpen)
        #expect(time.waiting == 0)
        task.cancel()
    }
}

@Suite(.timeLimit(.minutes(10))) struct NurseryTests {
    @Test("work that is started anywhere, at any time, runs; all of it has ended when run returns")
    func concurrency() async {
        let nursery = Nursery()
        let finished = Counter()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await nursery.run() }
            let all = Signal()
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<500 {
                        nursery.start {
                            await Task.yield()
                            finished.add(1)
                            all.raise()
                        }
                    }
                }
            }
            while true {
                let version = all.version
                if finished.value == 2000 { break }
                await all.wait(after: version)
            }
            group.cancelAll()
        }
        #expect(finished.value == 2000)
    }

    @Test("cancelling the one who runs it cancels and awaits what was started")
    func cancellation() {
        let loop = Loop()
        let nursery = Nursery()
        let ended = Latch()
        let over = Latch()
        let task = loop.start {
            await nursery.run()
            over.open()
        }
        nursery.start {
            await Signal().wait(after: 0)
            ended.open()
        }
        loop.run()
        #expect(!ended.isOpen)
        task.cancel()
        loop.run()
        #expect(ended.isOpen && over.isOpen)
    }

    @Test("work starts in the order of the calls, also what work starts")
    func order() {
        let loop = Loop()
        let nursery = Nursery()
        let order = Mutex<[Int]>([])
        let task = loop.start { await nursery.run() }
        for number in 0..<5 {
            nursery.start {
                order.withLock { $0.append(number) }
                nursery.start { order.withLock { $0.append(number + 10) } }
            }
        }
        loop.run()
        #expect(order.withLock { $0 } == [0, 1, 2, 3, 4, 10, 11, 12, 13, 14])
        task.cancel()
        loop.run()
    }
}
