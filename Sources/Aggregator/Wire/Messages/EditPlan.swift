/// Which members of one object stay, and which bytes go with those that do not.
///
/// Fed member by member, in order. The comma that goes with a dropped member is the one before it if
/// anything before it stays, else the one after it.
struct EditPlan {
    /// What becomes of one member.
    enum Decision {
        case keep
        case replace(Int)
        case drop
    }

    /// Where the last member ends: the place for new ones.
    private(set) var end: Int
    private let wanted: [(key: String, value: [UInt8])]
    private let removed: [String]
    private var isPlaced: [Bool]
    private var keptEnd: Int?
    private var dropStart: Int?

    /// A plan for one object: the members to set, and the keys to remove.
    init(object: Extent, wanted: [(key: String, value: [UInt8])], removed: [String]) {
        self.wanted = wanted
        self.removed = removed
        isPlaced = wanted.map { _ in false }
        end = object.range.lowerBound + 1
    }

    /// What becomes of the member with this key.
    mutating func decide(_ key: Value) -> Decision {
        if let index = wanted.firstIndex(where: { key.isText($0.key) }) {
            defer { isPlaced[index] = true }
            return isPlaced[index] ? .drop : .replace(index)
        }
        return removed.contains { key.isText($0) } ? .drop : .keep
    }

    /// The next member goes.
    mutating func drop(_ member: Extent) {
        if dropStart == nil { dropStart = member.range.lowerBound }
        end = member.range.upperBound
    }

    /// The next member stays; returns what the dropped ones before it leave to remove.
    mutating func keep(from key: Extent, to value: Extent) -> Extent? {
        defer {
            dropStart = nil
            keptEnd = value.range.upperBound
            end = value.range.upperBound
        }
        guard let dropStart else { return nil }
        if let keptEnd { return Extent(keptEnd..<end) }
        return Extent(dropStart..<key.range.lowerBound)
    }

    /// No member follows; returns what the dropped ones at the end leave to remove.
    func finish() -> Extent? {
        dropStart.map { Extent((keptEnd ?? $0)..<end) }
    }

    /// The text of the members that are new, with their commas.
    func additions() -> [UInt8] {
        var text: [UInt8] = []
        var needsComma = keptEnd != nil
        for (index, member) in wanted.enumerated() where !isPlaced[index] {
            if needsComma { text.append(0x2C) }
            appendQuoted(member.key, to: &text)
            text.append(0x3A)
            text.append(contentsOf: member.value)
            needsComma = true
        }
        return text
    }
}
