/// Cuts a stream of bytes into lines, the framing of MCP over standard input and output.
///
/// The descriptor is read straight into the tail of one array; nothing is moved until the array is
/// full, and a large line's array goes with the line.
package struct LineBuffer: Sendable {
    /// What a stretch of the stream turned out to be.
    package enum Line: Sendable, Hashable {
        /// A line without its line feed and a carriage return before it.
        case complete([UInt8])
        /// A line over the limit, once it has ended: its first 4 KiB, and how long it was in bytes.
        case tooLong(head: [UInt8], length: Int)
    }

    /// How many bytes it asks for when it holds no large line.
    let capacity: Int
    let limit: Int
    /// The bytes read and not yet taken; its count is where the next read goes.
    @usableFromInline
    var storage: [UInt8] = []
    /// Where the line that is being read begins.
    var start = 0
    /// Up to where there is no line feed.
    var scanned = 0
    /// The line that is over the limit and still goes on.
    var excess: ExcessLine?

    /// A buffer of `capacity` bytes, which grows for a line of at most `limit` bytes.
    package init(capacity: Int = 64 << 10, limit: Int = Limits.standard.bytes) {
        self.capacity = max(capacity, 16)
        self.limit = limit
    }
}

extension LineBuffer {
    /// Lets `body` append bytes to the free tail, which is never empty; returns how many it did.
    ///
    /// Take every line with `next` before the next fill.
    @inlinable
    package mutating func fill<Failure: Error>(
        _ body: (inout OutputSpan<UInt8>) throws(Failure) -> Void
    ) throws(Failure) -> Int {
        makeRoom()
        let before = storage.count
        try storage.append(addingCapacity: storage.capacity - before, initializingWith: body)
        return storage.count - before
    }

    /// Appends bytes that somebody else has read.
    package mutating func append(_ bytes: some Collection<UInt8>) {
        if start > 0, storage.count + bytes.count > storage.capacity { compact() }
        storage.append(contentsOf: bytes)
    }

    /// How many bytes were read and not yet taken as lines.
    package var pending: Int { storage.count - start }

    @usableFromInline
    mutating func makeRoom() {
        guard storage.count == storage.capacity else { return }
        compact()
        // A move that frees little would soon be followed by the next one.
        if storage.capacity - storage.count < storage.capacity / 4 || storage.capacity < capacity {
            // Doubling stops where the limit would cut the line anyway.
            let most = max(limit, storage.capacity) + capacity
            storage.reserveCapacity(max(capacity, min(2 * storage.capacity, most)))
        }
    }

    private mutating func compact() {
        guard start > 0 else { return }
        storage.removeSubrange(..<start)
        scanned -= start
        start = 0
    }
}
