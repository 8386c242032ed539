extension Fields {
    /// The first value under a name; setting it leaves one field of that name, in the place of the
    /// first, and setting nil removes them all.
    package subscript(name: FieldName) -> FieldValue? {
        get { index(of: name).map { FieldValue(judged: bytes[entries[$0].valueRange]) } }
        set {
            guard let newValue else { return remove(name) }
            set(name, newValue)
        }
    }

    /// All values under a name, in their order.
    package func values(of name: FieldName) -> [FieldValue] {
        entries.indices.lazy.filter { isNamed($0, name) }
            .map { FieldValue(judged: bytes[entries[$0].valueRange]) }
    }

    /// How many fields of this name there are.
    package func count(of name: FieldName) -> Int {
        var count = 0
        for index in entries.indices where isNamed(index, name) { count += 1 }
        return count
    }

    /// Whether there is a field of this name.
    package func contains(_ name: FieldName) -> Bool { index(of: name) != nil }

    /// Adds a field behind the others, whether or not there is one of its name.
    package mutating func append(_ name: FieldName, _ value: FieldValue) {
        entries.append(store(name, value))
    }

    /// Leaves one field of this name, in the place of the first.
    package mutating func set(_ name: FieldName, _ value: FieldValue) {
        guard let first = index(of: name) else { return append(name, value) }
        entries[first] = store(name, value)
        removeAll(name, from: first + 1)
        compact()
    }

    /// Removes every field of this name.
    package mutating func remove(_ name: FieldName) {
        removeAll(name, from: 0)
        compact()
    }
}

extension Fields {
    private func index(of name: FieldName) -> Int? {
        entries.indices.first { isNamed($0, name) }
    }

    private func isNamed(_ index: Int, _ name: FieldName) -> Bool {
        let entry = entries[index]
        guard entry.known == name.known else { return false }
        return entry.known != .other || name.spells(bytes.span.extracting(entry.nameRange))
    }

    private mutating func store(_ name: FieldName, _ value: FieldValue) -> Entry {
        let start = bytes.count
        name.append(to: &bytes)
        let middle = bytes.count
        bytes.append(contentsOf: value.bytes)
        return Entry(name.known, name: start..<middle, value: middle..<bytes.count)
    }

    private mutating func removeAll(_ name: FieldName, from start: Int) {
        for index in entries.indices.reversed() where index >= start && isNamed(index, name) {
            entries.remove(at: index)
        }
    }

    /// Gives back the bytes of fields that are gone, once they are the larger part: each byte is
    /// moved O(1) times, and fields that are set for ever do not grow.
    private mutating func compact() {
        let live = entries.reduce(0) { $0 + Int($1.nameCount) + Int($1.valueCount) }
        guard bytes.count > 2 * live + 1024 else { return }
        var kept = Fields()
        for field in self { kept.append(field.name, field.value) }
        self = kept
    }
}
