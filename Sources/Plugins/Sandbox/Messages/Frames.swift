/// Cuts what arrives into frames: four bytes of length, the least significant first, then so many
/// bytes.
package struct FrameCutter: Sendable {
    /// What has arrived and was not taken yet; more is appended here.
    package var bytes: [UInt8] = []
    private var start = 0
    private let limit: Int

    /// A frame is longer than was agreed: nothing after it can be trusted.
    package struct Fault: Error, Sendable, Hashable {
        package let length: Int
    }

    /// Frames of at most `limit` bytes.
    package init(limit: Int) { self.limit = limit }

    /// The next frame; nil until more arrives.
    package mutating func next() throws(Fault) -> [UInt8]? {
        guard let length = UInt32(bytes[start...]).map(Int.init) else {
            tidy()
            return nil
        }
        guard length <= limit else { throw Fault(length: length) }
        let first = start + 4
        guard bytes.count - first >= length else {
            tidy()
            return nil
        }
        start = first + length
        return Array(bytes[first..<start])
    }

    /// Drops what was taken, so that the next read appends to as little as possible.
    private mutating func tidy() {
        guard start > 0 else { return }
        bytes.removeSubrange(..<start)
        start = 0
    }
}

/// Writes a frame, whose length is known once its parts are written.
package struct FrameWriter: Sendable {
    /// The frame so far, its length included.
    private var bytes: [UInt8] = [0, 0, 0, 0]

    /// An empty frame with room for `capacity` bytes.
    package init(capacity: Int = 0) { bytes.reserveCapacity(capacity + 4) }

    /// Writes one byte.
    package mutating func byte(_ byte: UInt8) { bytes.append(byte) }

    /// Writes a number in four bytes, the least significant first.
    package mutating func number(_ number: UInt32) {
        for shift in stride(from: 0 as UInt32, to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    /// Writes bytes whose length the reader knows, or which are the rest.
    package mutating func rest(_ part: some Collection<UInt8>) { bytes += part }

    /// Writes bytes with their length before them.
    package mutating func part(_ part: some Collection<UInt8>) {
        number(UInt32(part.count))
        bytes += part
    }

    /// The whole frame.
    package consuming func finish() -> [UInt8] {
        let length = UInt32(bytes.count - 4)
        for index in 0..<4 {
            bytes[index] = UInt8(truncatingIfNeeded: length >> UInt32(8 * index))
        }
        return bytes
    }
}

/// Reads the parts of a frame; each is nil when the frame ends before it does.
package struct FrameReader: Sendable {
    private var bytes: ArraySlice<UInt8>

    /// A reader at the beginning of a frame, after its length.
    package init(_ frame: [UInt8]) { bytes = frame[...] }

    /// Reads one byte.
    package mutating func byte() -> UInt8? { bytes.popFirst() }

    /// Reads a number of four bytes.
    package mutating func number() -> UInt32? {
        guard let number = UInt32(bytes) else { return nil }
        bytes = bytes.dropFirst(4)
        return number
    }

    /// Reads bytes with their length before them.
    package mutating func part() -> [UInt8]? {
        guard let length = number(), bytes.count >= Int(length) else { return nil }
        defer { bytes = bytes.dropFirst(Int(length)) }
        return Array(bytes.prefix(Int(length)))
    }

    /// Everything that is left.
    package mutating func rest() -> [UInt8] {
        defer { bytes = [] }
        return Array(bytes)
    }
}

extension UInt32 {
    /// The number that four bytes at the beginning of others are; nil when they are fewer.
    fileprivate init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count >= 4 else { return nil }
        self = bytes.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
