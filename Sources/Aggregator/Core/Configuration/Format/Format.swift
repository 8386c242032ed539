package import Wire

/// How values of one type are written in the configuration: read them, describe them, show them.
package struct Format<Value: Sendable>: Sendable {
    private let makeSchema: @Sendable () -> Schema
    /// The value of a node, or nil after a report.
    package let read: @Sendable (Node, inout Reading) -> Value?
    /// A value as a default of the documentation, or nil when there is nothing to show.
    package let show: @Sendable (Value) -> Schema.Literal?

    /// A format from its parts; its schema is made when it is asked for.
    package init(
        _ schema: @autoclosure @escaping @Sendable () -> Schema,
        show: @escaping @Sendable (Value) -> Schema.Literal? = { _ in nil },
        read: @escaping @Sendable (Node, inout Reading) -> Value?
    ) {
        makeSchema = schema
        self.show = show
        self.read = read
    }

    /// What a value may look like.
    package var schema: Schema { makeSchema() }

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
        let (read, show, makeSchema) = (read, show, makeSchema)
        return Format<Other>(makeSchema(), show: { back($0).flatMap(show) }) { node, reading in
            read(node, &reading).map(make)
        }
    }
}
