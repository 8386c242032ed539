/// An immutable map from byte strings, looked up by a range of bytes without allocating.
///
/// A `Dictionary` would want a key of its own type for every look-up, and hash it byte by byte.
package struct ByteMap<Element> {
    @usableFromInline
    package private(set) var elements: [Element] = []
    @usableFromInline
    package private(set) var index: ByteIndex

    /// A map of pairs.
    ///
    /// Of two pairs with the same key the first one counts.
    package init(_ pairs: some Collection<(key: [UInt8], value: Element)>) {
        index = ByteIndex(capacity: pairs.count)
        for pair in pairs where index.insert(pair.key) { elements.append(pair.value) }
    }

    /// How many keys it has.
    package var count: Int { elements.count }

    /// The value for a key; nil when there is none.
    @inlinable
    package subscript(_ key: [UInt8]) -> Element? { self[key, 0..<key.count] }

    /// The value for the key that lies in a range of `bytes`; nil when there is none.
    @inlinable
    package subscript(_ bytes: [UInt8], _ range: Range<Int>) -> Element? {
        guard let number = index[bytes, range] else { return nil }
        return elements[number]
    }
}

extension ByteMap: Sendable where Element: Sendable {}
