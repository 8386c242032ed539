package import Wire

extension Format {
    /// A list of at least so many such values; a key without a value is an empty list.
    package func list(atLeast count: Int = 0) -> Format<[Value]> {
        let item = self
        let schema: @Sendable () -> Schema = { .list(item.schema, atLeast: count) }
        return Format<[Value]>(schema(), show: { Self.literal($0, item) }) { node, reading in
            guard let items = node.items ?? Self.nothing(node, []), items.count >= count else {
                reading.reportMismatch(schema(), at: node)
                return nil
            }
            return items.enumerated().compactMap { index, node in
                reading.within(reading.part("item \(index + 1)")) { item.read(node, &$0) }
            }
        }
    }

    /// A mapping from free keys to such values, in the order of the file.
    ///
    /// Messages call an entry by the noun, `upstream 'clock'`, or by its key.
    package func mapping(
        of noun: String? = nil, keys form: Schema.Form? = nil,
        where fits: @escaping @Sendable (String) -> Bool = { _ in true }
    ) -> Format<[(key: String, value: Value)]> {
        let value = self
        let schema: @Sendable () -> Schema = { .mapping(keys: form, values: value.schema) }
        return Format<[(key: String, value: Value)]>(schema()) { node, reading in
            guard let entries = node.entries ?? Self.nothing(node, []) else {
                reading.reportMismatch(schema(), at: node)
                return nil
            }
            return entries.compactMap { entry in
                guard fits(entry.key) else {
                    reading.reportKey(entry, form)
                    return nil
                }
                let part = noun.map { "\($0) '\(entry.key)'" } ?? reading.part("'\(entry.key)'")
                return reading.within(part) { value.read(entry.value, &$0) }
                    .map { (entry.key, $0) }
            }
        }
    }

    /// One format or another, tried by what the node looks like.
    package static func either(
        _ one: Self, _ other: Self, isOther: @escaping @Sendable (Node) -> Bool
    ) -> Self {
        Self(.either([one.schema, other.schema]), show: { one.show($0) ?? other.show($0) }) {
            node, reading in
            isOther(node) ? other.read(node, &reading) : one.read(node, &reading)
        }
    }

    private static func literal(_ values: [Value], _ item: Self) -> Schema.Literal? {
        .list(values.compactMap(item.show))
    }

    /// What a key without a value stands for.
    private static func nothing<Content>(_ node: Node, _ empty: Content) -> Content? {
        node.scalar?.meaning == .null ? empty : nil
    }
}

extension Reading {
    /// Reports a key that does not have the form of the keys of its mapping.
    fileprivate mutating func reportKey(_ entry: Node.Entry, _ form: Schema.Form?) {
        let part = part("the key '\(entry.key)'")
        report("\(part) must be \(Schema.text(form).expectation)", at: entry.mark)
    }
}
