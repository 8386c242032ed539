/// Reading eight bytes at a time. The only file of this module that says `unsafe`.
///
/// Words, not SIMD types: comparisons of `SIMD16<UInt8>` are not inlined well by this compiler and
/// ran twenty times slower than the same loop on words.
extension Span where Element == UInt8 {
    /// The byte at `offset`, or 0 at and after the end: no JSON token continues with a NUL, so a
    /// scanner needs no second test for the end of its input.
    @inline(__always)
    func byte(_ offset: Int) -> UInt8 {
        guard UInt(bitPattern: offset) < UInt(bitPattern: count) else { return 0 }
        // In bounds: 0 <= offset < count by the unsigned comparison above.
        return unsafe self[unchecked: offset]
    }

    /// Eight bytes from `offset`, the first one lowest; zeros stand for what lies after the end.
    @inline(__always)
    func word(_ offset: Int) -> UInt64 { wholeWord(offset) ?? lastWord(offset) }

    /// The same away from the end; nil where the end would be crossed.
    @inline(__always)
    func wholeWord(_ offset: Int) -> UInt64? {
        // One comparison for both bounds.
        let isWhole = UInt(bitPattern: offset) < UInt(bitPattern: max(0, count &- 7))
        return isWhole ? load(offset) : nil
    }

    /// The offset of the first `wanted` at or after `start`, or nil.
    func offset(of wanted: UInt8, from start: Int) -> Int? {
        precondition(start >= 0)
        var at = start
        while at &+ 32 <= count {
            var hits: UInt64 = 0
            for step in 0..<4 {
                // In bounds: at + 32 <= count, and the last step ends there.
                hits |= marks(
                    of: wanted,
                    in: unsafe bytes.unsafeLoadUnaligned(
                        fromUncheckedByteOffset: at &+ 8 &* step, as: UInt64.self))
            }
            if hits != 0 { break }
            at &+= 32
        }
        while at < count {
            let hits = marks(of: wanted, in: word(at))
            if hits != 0 { return at &+ place(of: hits) }
            at &+= 8
        }
        return nil
    }

    /// `word` within eight bytes of the end, where a whole load would cross it.
    @inline(__always)
    private func lastWord(_ offset: Int) -> UInt64 {
        guard offset >= 0, offset < count else { return 0 }
        guard count >= 8 else { return shortWord(offset) }
        return load(count &- 8) &>> UInt64(8 &* (8 &- (count &- offset)))
    }

    /// `word` of a text that is shorter than a word, from two smaller ones that overlap.
    @inline(never)
    private func shortWord(_ offset: Int) -> UInt64 {
        // In bounds: 0 <= offset < count, tested by the caller, and each load ends at the end.
        switch count &- offset {
        case 4...:
            let low = unsafe bytes.unsafeLoadUnaligned(
                fromUncheckedByteOffset: offset, as: UInt32.self)
            let high = unsafe bytes.unsafeLoadUnaligned(
                fromUncheckedByteOffset: count &- 4, as: UInt32.self)
            return UInt64(UInt32(littleEndian: low))
                | UInt64(UInt32(littleEndian: high)) &<< UInt64(8 &* (count &- offset &- 4))
        case 2...:
            return UInt64(byte(offset)) | UInt64(byte(offset &+ 1)) &<< 8
                | UInt64(byte(count &- 1)) &<< UInt64(8 &* (count &- offset &- 1))
        default: return UInt64(byte(offset))
        }
    }

    /// Eight bytes, all of which the caller knows to be there.
    @inline(__always)
    private func load(_ offset: Int) -> UInt64 {
        // In bounds: 0 <= offset and offset + 8 <= count, tested by the callers.
        unsafe UInt64(
            littleEndian: bytes.unsafeLoadUnaligned(
                fromUncheckedByteOffset: offset, as: UInt64.self))
    }
}

extension [UInt8] {
    /// Appends a part of another array, without the reference that a slice of it would hold.
    @inline(__always)
    mutating func append(_ source: [UInt8], _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= source.count)
        // In bounds: tested above.
        unsafe source.withUnsafeBufferPointer { all in
            unsafe append(contentsOf: UnsafeBufferPointer(rebasing: all[range]))
        }
    }

    /// Appends a part of a span as one block.
    package mutating func append(_ source: Span<UInt8>, _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= source.count)
        // In bounds: tested above.
        unsafe source.withUnsafeBufferPointer { all in
            unsafe append(contentsOf: UnsafeBufferPointer(rebasing: all[range]))
        }
    }

    /// Appends a whole span between two bytes.
    mutating func append(_ source: Span<UInt8>, between mark: UInt8) {
        append(addingCapacity: source.count &+ 2) { output in
            output.append(mark)
            unsafe source.withUnsafeBufferPointer { all in
                unsafe output.withUnsafeMutableBufferPointer { room, count in
                    // In bounds: there is room for the span and both marks, by the capacity.
                    _ = unsafe room[count...].update(fromContentsOf: all)
                    count &+= all.count
                }
            }
            output.append(mark)
        }
    }

    /// Whether a byte stands in a range.
    package func contains(_ wanted: UInt8, in range: Range<Int>) -> Bool {
        let bytes = span
        var at = range.lowerBound
        while at < range.upperBound {
            let hits = marks(of: wanted, in: bytes.word(at))
            if hits != 0 { return at &+ place(of: hits) < range.upperBound }
            at &+= 8
        }
        return false
    }

    /// Appends the `count` lowest bytes of a word, the lowest one first.
    @inline(__always)
    mutating func append(_ word: UInt64, _ count: Int) {
        precondition(count >= 0 && count <= 8)
        var word = word.littleEndian
        unsafe Swift.withUnsafeBytes(of: &word) { all in
            // In bounds: tested above.
            unsafe append(contentsOf: UnsafeRawBufferPointer(rebasing: all[..<count]))
        }
    }
}

/// The same byte in all eight places of a word.
@inline(__always)
func everywhere(_ byte: UInt8) -> UInt64 { 0x0101_0101_0101_0101 &* UInt64(byte) }

/// Marks the high bit of the bytes of `word` that end a run of plain string content: a quote, a
/// backslash, a control character or anything outside ASCII.
///
/// Only the lowest mark is exact (a borrow may spill upwards from it), and only it is used. Each of
/// these operations is waited for once per token.
@inline(__always)
func stops(in word: UInt64) -> UInt64 {
    // With one bit flipped, the quote comes right after the control characters.
    let quotesAndControls = (word ^ everywhere(0x02)) &- everywhere(0x21)
    let backslashes = (word ^ everywhere(0x5C)) &- everywhere(1)
    // Bytes outside ASCII keep their high bit in at least one of the two.
    return (quotesAndControls | backslashes) & everywhere(0x80)
}

/// Marks the high bit of the bytes of `word` that a string must not hold as they are: a quote, a
/// backslash or a control character; only the lowest mark is exact.
@inline(__always)
func escapees(in word: UInt64) -> UInt64 {
    // Bytes outside ASCII never borrow, so that what they stop is left out without a trace.
    stops(in: word) & ~word
}

/// Marks the high bit of the bytes of `word` that equal `byte`; only the lowest mark is exact.
@inline(__always)
func marks(of byte: UInt8, in word: UInt64) -> UInt64 {
    let zero = word ^ everywhere(byte)
    return (zero &- everywhere(1)) & ~zero & everywhere(0x80)
}

/// The place, from 0 to 7, of the lowest mark.
@inline(__always)
func place(of marks: UInt64) -> Int { marks.trailingZeroBitCount &>> 3 }
