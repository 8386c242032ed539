/// Bytes that wait to be written: a queue whose front moves instead of its bytes.
struct PendingBytes: Sendable {
    /// Kept between messages; more than that is given back after a burst.
    static let keptCapacity = 256 * 1024

    /// How many bytes that were written may lie at the front: tidying up costs more than a small
    /// message.
    private static let untidy = 4096

    private var bytes: [UInt8] = []
    private var start = 0

    /// How many bytes fit without growing.
    var capacity: Int { bytes.capacity }

    /// How many bytes wait.
    var count: Int { bytes.count - start }

    /// Lets `body` append, and returns how many bytes it added.
    mutating func append(_ body: (inout [UInt8]) -> Void) -> Int {
        reclaim()
        let before = bytes.count
        body(&bytes)
        precondition(bytes.count >= before, "A writer may only append.")
        return bytes.count - before
    }

    /// Removes what was written.
    mutating func consume(_ count: Int) {
        start += count
        guard start == bytes.count, start >= Self.untidy else { return }
        start = 0
        if bytes.capacity > Self.keptCapacity {
            bytes = []
        } else {
            bytes.removeAll(keepingCapacity: true)
        }
    }

    /// Drops everything and the memory.
    mutating func drop() { self = PendingBytes() }

    /// Looks at the front, at most `limit` bytes of it.
    func withFront<Result>(limit: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe bytes.withUnsafeBytes { all in
            let end = min(start + limit, all.count)
            return unsafe body(UnsafeRawBufferPointer(rebasing: all[start..<end]))
        }
    }

    /// Moves the rest to the front once it is the smaller half: each byte moves O(1) times.
    private mutating func reclaim() {
        guard start > Self.keptCapacity, start > bytes.count / 2 else { return }
        bytes.removeSubrange(..<start)
        start = 0
    }
}
