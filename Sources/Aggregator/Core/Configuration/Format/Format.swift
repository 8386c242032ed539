package import Wire

/// How values of one type are written in the configuration: read them, describe them, show them.
package struct Format<Value: Sendable>: Sendable {
    /// What a value may look like.
    package let schema: Schema
    /// The value of a node, or nil after a report.
    package let read: @Sendable (Node, inout Reading) -> Value?
    /// A value as a default of the documentation, or nil when there is nothing to show.
    package let show: @Sendable (Value) -> Schema.Literal?

    /// A format from its parts.
    package init(
        _ schema: Schema, show: @escaping @Sendable (Value) -> Schema.Literal? = { _ in nil },
        read: @escaping @Sendable (Node, inout Reading) -> Value?
    ) {
        self.schema = schema
        self.show = show
        self.read = read
    }

    /// A format of scalars: what does not become a value is reported as not fitting.
    package static func scalar(
        _ schema: Schema, show: @escaping @Sendable (Value) -> Schema.Literal?,
        value: @escaping @Sendable (Text, Node.Meaning) -> Value?
    ) -> Self {
        Self(schema, show: show) { node, reading in
            guard let scalar = reading.scalar(node, expecting: schema) else { return nil }
            if let value = value(scalar.text, scalar.meaning) { return value }
            reading.reportMismatch(schema, at: node)
            return nil
        }
    }

    /// The same format for a type made from this one's.
    package func map<Other: Sendable>(
        _ make: @escaping @Sendable (Value) -> Other,
        back: @escaping @Sendable (Other) -> Value?
    ) -> Format<Other> {
        let (read, show) = (read, show)
        return Format<Other>(schema, show: { back($0).flatMap(show) }) { node, reading in
            read(node, &reading).map(make)
        }
    }
}
