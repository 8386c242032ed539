/// How large and how deep a message may be before it is refused.
package struct Limits: Sendable, Hashable {
    /// The most bytes one message, or one batch, may have.
    ///
    /// Never more than 4 GiB.
    package var bytes: Int
    /// How many objects and arrays may be open at once.
    ///
    /// From 3 to 512.
    package var depth: Int
    /// How many messages one batch may hold, since each costs memory of its own.
    package var batch: Int

    /// Limits that differ from the standard ones only where an argument says so.
    package init(bytes: Int = 128 << 20, depth: Int = 512, batch: Int = 1024) {
        self.bytes = min(bytes, Int(UInt32.max))
        self.depth = max(3, min(depth, 512))
        self.batch = batch
    }

    /// 128 MiB, 512 levels, 1024 messages in a batch.
    package static let standard = Limits()
}
