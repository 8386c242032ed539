import Testing

@testable import Machine

@Suite struct DeadlineHeapTests {
    let start = ContinuousClock.now

    @Test("waits come out in the order of their deadlines, and none before its time")
    func order() {
        var heap = DeadlineHeap()
        let delays = (1...500).map { Duration.milliseconds($0) }
        for delay in delays.shuffled() { heap.insert(Waiter(), at: start + delay) }
        for delay in delays {
            #expect(heap.earliest == start + delay)
            #expect(heap.next(due: start + delay - .nanoseconds(1)) == nil)
            #expect(heap.next(due: start + delay) != nil)
        }
        #expect(heap.earliest == nil)
    }

    @Test("waits that ended otherwise leave once they are the greater half")
    func compaction() {
        var heap = DeadlineHeap()
        let waiters = (0..<1000).map { _ in Waiter() }
        for (index, waiter) in waiters.enumerated() {
            heap.insert(waiter, at: start + .seconds(index))
        }
        for waiter in waiters.dropFirst() {
            waiter.end(.cancelled)
            heap.noteOver()
        }
        #expect(heap.count < 70)
        #expect(heap.next(due: start) === waiters.first)
    }
}
