import Aggregator
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct WaitingLineTests {
    @Test("places are given out in the order in which they were asked for")
    func order() {
        var line = WaitingLine<Int>()
        let tickets = (0..<100).map { _ in line.join() }
        line.leave(tickets[0])
        line.leave(tickets[50])
        line.leave(tickets[50])
        #expect(line.count == 98)
        for (place, ticket) in tickets.enumerated() where place != 0 && place != 50 {
            #expect(line.popFirst() === ticket)
        }
        #expect(line.count == 0 && line.popFirst() == nil)
        let last = line.join()
        #expect(line.popAll().map { $0 === last } == [true] && line.count == 0)
    }

    @Test("what is given before, while and after one waits is had, and once")
    func given() {
        let (loop, time) = (Loop(), ManualTime())
        var line = WaitingLine<Int>()
        let tickets = (0..<3).map { _ in line.join() }
        let had = Mutex<[Int?]>([])
        #expect(tickets[0].give(7))
        let deadline = time.now.advanced(by: .seconds(1))
        for ticket in tickets {
            _ = loop.start {
                let thing = await ticket.wait(until: deadline, on: time)
                had.withLock { $0.append(thing) }
            }
        }
        loop.run()
        #expect(had.withLock { $0 } == [7])
        #expect(tickets[1].give(8))
        loop.run()
        #expect(had.withLock { $0 } == [7, 8])
        time.set(deadline)
        loop.run()
        #expect(had.withLock { $0 } == [7, 8, nil])
        // Given between the deadline and the end of the wait: it is had by whoever closes the ticket.
        #expect(tickets[2].give(9))
        #expect(tickets[2].close() == 9)
        #expect(tickets.map { $0.give(1) } == [false, false, false])
    }

    @Test("among threads that give and give up, nothing is lost or had twice")
    func threads() async {
        let things = Things()
        await withTaskGroup(of: Void.self) { group in
            let time = ManualTime()
            for number in 0..<400 {
                group.addTask {
                    // Every third has no patience at all.
                    let patience = Duration.seconds(number % 3 == 0 ? 0 : 9)
                    for _ in 0..<20 { await things.use(by: time.now + patience, on: time) }
                }
            }
        }
        #expect(things.state.withLock { $0.free.sorted() } == [1, 2, 3])
        #expect(things.state.withLock { $0.line.count } == 0)
        #expect(things.served.value >= 266 * 20)
    }
}

/// Three things that many want, one at a time.
private final class Things: Sendable {
    let state = Mutex((line: WaitingLine<Int>(), free: [1, 2, 3]))
    let served = Counter()

    func use(by deadline: ContinuousClock.Instant, on time: ManualTime) async {
        let (free, ticket) = state.withLock { state in
            let free = state.free.popLast()
            return (free, free == nil ? state.line.join() : nil)
        }
        var thing = free
        if let ticket {
            thing = await ticket.wait(until: deadline, on: time)
            state.withLock { $0.line.leave(ticket) }
            if thing == nil { thing = ticket.close() }
        }
        guard let thing else { return }
        await Task.yield()
        served.add(1)
        give(thing)
    }

    private func give(_ thing: Int) {
        while true {
            let next = state.withLock { state in
                let next = state.line.popFirst()
                if next == nil { state.free.append(thing) }
                return next
            }
            guard let next, !next.give(thing) else { return }
        }
    }
}
