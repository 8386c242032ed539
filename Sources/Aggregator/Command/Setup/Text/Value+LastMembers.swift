import Wire

extension Value {
    /// The members of an object by name, of those of one name the last: the one that clients read.
    var lastMembers: (members: [(name: String, value: Value)], repeated: [String]) {
        let all = members.map { (name: $0.key.string ?? "", value: $0.value) }
        let last = Dictionary(
            all.indices.map { (all[$0].name, $0) }, uniquingKeysWith: { _, later in later })
        let kept = all.indices.filter { last[all[$0].name] == $0 }
        let dropped = all.indices.filter { last[all[$0].name] != $0 }
        return (kept.map { all[$0] }, dropped.map { all[$0].name })
    }
}
