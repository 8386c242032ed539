extension LineBuffer {
    /// The next line that has ended; nil when more must be read.
    ///
    /// Blank lines are skipped.
    package mutating func next() -> Line? {
        while true {
            guard let feed = storage.span.offset(of: 0x0A, from: scanned) else {
                scanned = storage.count
                if excess != nil || scanned - start > limit + 1 { discard(upTo: scanned) }
                return nil
            }
            if let line = take(upTo: feed, after: feed + 1) { return line }
        }
    }

    /// The end of input: what was not ended by a line feed is the last line.
    ///
    /// Call it after `next` has returned nil.
    package mutating func finish() -> Line? {
        take(upTo: storage.count, after: storage.count)
    }

    /// Takes the line that ends at `end`; nil when it is blank.
    private mutating func take(upTo end: Int, after next: Int) -> Line? {
        if excess != nil {
            discard(upTo: end)
            advance(to: min(next, storage.count))
            defer { excess = nil }
            return excess.map { .tooLong(head: $0.contentHead, length: $0.contentLength) }
        }
        let content = end > start && storage[end - 1] == 0x0D ? end - 1 : end
        guard content - start <= limit else {
            let head = Array(storage[start..<min(content, start + ExcessLine.headLength)])
            defer { advance(to: next) }
            return .tooLong(head: head, length: content - start)
        }
        if isBlank(start..<content) {
            advance(to: next)
            return nil
        }
        let isAlone = start == 0 && next == storage.count
        if isAlone, storage.capacity > 2 * capacity, content > storage.capacity / 4 {
            return .complete(handOver(content))
        }
        defer { advance(to: next) }
        return .complete(Array(storage[start..<content]))
    }

    /// Gives a large line the array it was read into, instead of copying it to give the array back.
    private mutating func handOver(_ count: Int) -> [UInt8] {
        var line: [UInt8] = []
        swap(&line, &storage)
        line.removeLast(line.count - count)
        scanned = 0
        return line
    }

    /// Goes on behind a line, and gives back what a large one needed.
    private mutating func advance(to offset: Int) {
        start = offset
        scanned = offset
        if storage.capacity > 2 * capacity, storage.count - start <= capacity / 2 {
            var small: [UInt8] = []
            small.reserveCapacity(capacity)
            small.append(contentsOf: storage[start...])
            storage = small
        } else if start == storage.count, start >= Self.untidy {
            storage.removeAll(keepingCapacity: true)
        } else {
            return
        }
        start = 0
        scanned = 0
    }

    /// How many bytes that were taken may lie at the front of an empty buffer: tidying up costs more
    /// than a small message, but what was used last is what the processor's cache holds.
    private static let untidy = 4096

    private func isBlank(_ range: Range<Int>) -> Bool {
        for index in range {
            switch storage[index] {
            case 0x20, 0x09, 0x0D: continue
            default: return false
            }
        }
        return true
    }

    /// Counts the bytes up to `end` towards the line that is over the limit, and drops them.
    private mutating func discard(upTo end: Int) {
        var line = excess ?? ExcessLine()
        line.add(storage[start..<end])
        excess = line
        start = end
        scanned = end
        if end == storage.count { advance(to: end) }
    }
}

/// What is kept of a line that is over the limit.
struct ExcessLine: Sendable {
    /// How much of its beginning is kept, in bytes: enough to find an id in.
    static let headLength = 4096

    private var head: [UInt8] = []
    private var length = 0
    private var endsInReturn = false

    /// Its length so far, without a carriage return at its end.
    var contentLength: Int { endsInReturn ? length - 1 : length }

    /// Its beginning, without that either.
    var contentHead: [UInt8] { Array(head.prefix(contentLength)) }

    /// Adds what came next of the line.
    mutating func add(_ bytes: ArraySlice<UInt8>) {
        head.append(contentsOf: bytes.prefix(Self.headLength - head.count))
        length += bytes.count
        if let last = bytes.last { endsInReturn = last == 0x0D }
    }
}
