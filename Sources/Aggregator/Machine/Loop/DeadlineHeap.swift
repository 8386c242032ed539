/// Waits with a deadline, the earliest first.
///
/// A wait that ended otherwise stays until half of the heap is such waits, then they leave
/// together: O(1) per wait, and never more than twice the live.
struct DeadlineHeap {
    private struct Entry {
        let deadline: ContinuousClock.Instant
        let waiter: Waiter
    }

    private var entries: [Entry] = []
    private var over = 0

    /// The earliest deadline, or nil when nobody waits.
    var earliest: ContinuousClock.Instant? { entries.first?.deadline }

    /// How many entries are held, those that are over included.
    var count: Int { entries.count }

    /// Adds a wait.
    mutating func insert(_ waiter: Waiter, at deadline: ContinuousClock.Instant) {
        entries.append(Entry(deadline: deadline, waiter: waiter))
        siftUp(entries.count - 1)
    }

    /// Removes and returns the earliest wait if its deadline has come.
    mutating func next(due now: ContinuousClock.Instant) -> Waiter? {
        guard let first = entries.first, first.deadline <= now else { return nil }
        let last = entries.removeLast()
        if !entries.isEmpty {
            entries[0] = last
            siftDown(0)
        }
        return first.waiter
    }

    /// Notes that one wait that was inserted ended before its deadline.
    mutating func noteOver() {
        over += 1
        guard over > 32, over * 2 > entries.count else { return }
        entries.removeAll { $0.waiter.isOver }
        over = 0
        for index in stride(from: entries.count / 2 - 1, through: 0, by: -1) { siftDown(index) }
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard entries[child].deadline < entries[parent].deadline else { return }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count {
                if entries[child].deadline < entries[least].deadline { least = child }
            }
            if least == parent { return }
            entries.swapAt(parent, least)
            parent = least
        }
    }
}
