extension Draft {
    /// Changes which members an object of the message has, with the commas right.
    ///
    /// Afterwards the object has exactly one member for each key of `set`, where the first one stood
    /// or at the end, and none for the keys of `removed`. Keys are compared unescaped. Edit an object
    /// once: the commas of a second edit would not know of the first.
    package mutating func edit(
        _ object: Extent, set: [(key: String, value: [UInt8])] = [], removed: [String] = []
    ) {
        precondition(message.value(object).kind == .object, "Only an object has members.")
        var plan = EditPlan(object: object, wanted: set, removed: removed)
        for (key, value) in message.value(object).members {
            switch plan.decide(key) {
            case .keep: break
            case .replace(let index): replace(value.extent, with: set[index].value)
            case .drop:
                plan.drop(Extent(key.extent.range.lowerBound..<value.extent.range.upperBound))
                continue
            }
            if let gap = plan.keep(from: key.extent, to: value.extent) { remove(gap) }
        }
        if let gap = plan.finish() { remove(gap) }
        let additions = plan.additions()
        if !additions.isEmpty { insert(additions, at: plan.end) }
    }

    /// Leaves out the members of an object that have this key, unescaped.
    package mutating func remove(member key: String, of object: Extent) {
        edit(object, removed: [key])
    }

    /// Gives an object of the message one member with this key.
    package mutating func set(member key: String, of object: Extent, to value: [UInt8]) {
        edit(object, set: [(key, value)])
    }
}
