package import Wire

/// What a document has that libjq cannot hold: found before it would be changed in silence.
///
/// Numbers that no double is equal to (libjq 1.6 knows only doubles, later versions until they
/// calculate), escaped surrogates without their partner, keys that an object has twice, and what
/// is nested more deeply than its parser goes.
package struct Loss: Sendable {
    /// How deeply libjq 1.6 and 1.7 read.
    private static let depth = 256

    /// Why the document cannot be held; nil when it can, apart from numbers.
    package private(set) var reason: String?
    /// The numbers that no double is equal to, as digits and exponent.
    package private(set) var numbers: Set<Decimal> = []

    /// Looks through a document.
    package init(in document: Value) {
        look(at: document, depth: 1)
    }

    /// Whether another value has a number of the same size that the document did not have: then a
    /// program has calculated with one that a double cannot hold.
    package func isSpread(to result: Value) -> Bool {
        guard !numbers.isEmpty else { return false }
        var finder = Large()
        finder.look(at: result)
        return !finder.numbers.isSubset(of: numbers)
    }

    private mutating func look(at value: Value, depth: Int) {
        guard reason == nil else { return }
        guard depth <= Self.depth else {
            return note("it is nested more deeply than \(Self.depth) levels")
        }
        switch value.kind {
        case .object:
            var keys: Set<[UInt8]> = []
            for (key, member) in value.members {
                look(at: key, depth: depth)
                if let text = key.text, !keys.insert(text).inserted {
                    return note("an object in it has a key twice")
                }
                look(at: member, depth: depth + 1)
            }
        case .array:
            for element in value.elements { look(at: element, depth: depth + 1) }
        case .string:
            if Self.hasLoneSurrogate(value.raw) {
                note("a text in it has half a surrogate pair")
            }
        case .number:
            guard let number = Decimal(value.raw) else {
                return note("a number in it is beyond all measure")
            }
            if !number.isDouble { numbers.insert(number) }
        case .true, .false, .null: break
        }
    }

    private mutating func note(_ words: String) { reason = reason ?? words }

    /// Whether a string has an escaped surrogate without its partner.
    private static func hasLoneSurrogate(_ string: ArraySlice<UInt8>) -> Bool {
        var at = string.startIndex
        var high = -1
        while at < string.endIndex {
            guard string[at] == UInt8(ascii: "\\") else {
                at += 1
                continue
            }
            guard string[at + 1] == UInt8(ascii: "u") else {
                at += 2
                continue
            }
            let unit = hexadecimal(string[(at + 2)..<(at + 6)])
            switch unit {
            case 0xD800..<0xDC00:
                if high >= 0 { return true }
                high = at + 6
            case 0xDC00..<0xE000:
                if high != at { return true }
                high = -1
            default: break
            }
            at += 6
            if high >= 0, high < at { return true }
        }
        return high >= 0
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> Int {
        digits.reduce(0) { $0 * 16 + (Int($1) & 15) + (Int($1) >> 6) * 9 }
    }
}

/// The numbers of a document that are at the limits of what a double tells apart.
private struct Large {
    var numbers: Set<Decimal> = []

    mutating func look(at value: Value) {
        switch value.kind {
        case .object: for (_, member) in value.members { look(at: member) }
        case .array: for element in value.elements { look(at: element) }
        case .number:
            if let number = Decimal(value.raw), number.digits.count > 15 { numbers.insert(number) }
        case .string, .true, .false, .null: break
        }
    }
}
