package import Wire

/// One key of a shape: its name and documentation, and the property that it fills.
package struct Key<Root: Sendable>: Sendable {
    package let name: String
    package let isRequired: Bool
    /// Reads the key's value into the object.
    let read: @Sendable (Node.Entry, inout Root, inout Reading) -> Void
    /// What is said about the key, given the object with every default; nil for a hidden key.
    let schema: @Sendable (Root) -> Schema.Key?
    /// Whether the value is spoken of as the object itself, not as a part of it.
    private let isTransparent: Bool

    /// A key that fills a property which always has a value.
    package init<Value>(
        _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable,
        _ format: Format<Value>, _ documentation: String, isRequired: Bool = false,
        example: String? = nil
    ) {
        self.name = name
        self.isRequired = isRequired
        isTransparent = false
        read = { entry, root, reading in
            if let value = format.read(entry.value, &reading) { root[keyPath: path] = value }
        }
        schema = { blank in
            Schema.Key(
                name: name, documentation: documentation, schema: format.schema,
                standard: isRequired ? nil : format.show(blank[keyPath: path]),
                isRequired: isRequired, example: example)
        }
    }

    /// A key that fills a property which is nil without it.
    package init<Value>(
        _ name: String, _ path: any WritableKeyPath<Root, Value?> & Sendable,
        _ format: Format<Value>, _ documentation: String, isRequired: Bool = false,
        example: String? = nil
    ) {
        let optional = format.map(Optional.some, back: \.self)
        self.init(name, path, optional, documentation, isRequired: isRequired, example: example)
    }

    /// A key that does more than fill one property; a key without documentation is hidden.
    package init(
        custom name: String, schema: @autoclosure @escaping @Sendable () -> Schema.Key?,
        read: @escaping @Sendable (Node.Entry, inout Root, inout Reading) -> Void
    ) {
        self.name = name
        isRequired = false
        isTransparent = true
        self.read = read
        self.schema = { _ in schema() }
    }

    /// The same key of an object that holds this one's.
    package func nested<Outer>(
        _ path: any WritableKeyPath<Outer, Root> & Sendable
    ) -> Key<Outer> {
        Key<Outer>(
            name: name, isRequired: isRequired, isTransparent: isTransparent,
            read: { [read] entry, root, reading in read(entry, &root[keyPath: path], &reading) },
            schema: { [schema] blank in schema(blank[keyPath: path]) })
    }

    private init(
        name: String, isRequired: Bool, isTransparent: Bool,
        read: @escaping @Sendable (Node.Entry, inout Root, inout Reading) -> Void,
        schema: @escaping @Sendable (Root) -> Schema.Key?
    ) {
        self.name = name
        self.isRequired = isRequired
        self.isTransparent = isTransparent
        self.read = read
        self.schema = schema
    }

    /// What the key's value is called in a message.
    func place(in reading: Reading) -> String? {
        isTransparent ? reading.place : reading.part("'\(name)'")
    }
}
