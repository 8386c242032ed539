extension Configuration.Plugin {
    /// One entry of the section `plugins`: a mapping with one key, the kind.
    static func one(of kinds: [Kind]) -> Format<Self> {
        let shape = shape(of: kinds)
        return Format(shape.schema) { node, reading in
            shape.read(node, into: &reading) ?? nil
        }
    }

    private static func shape(of kinds: [Kind]) -> Shape<Self?> {
        var shape = Shape(nil as Self?, kinds.map(key))
        shape.alternatives = kinds.map(\.name)
        return shape
    }

    private static func key(of kind: Kind) -> Key<Self?> {
        Key(custom: kind.name, schema: kind.schema) { entry, plugin, reading in
            reading.within("plugin '\(kind.name)'") { reading in
                guard let settings = kind.settings(entry, &reading) else { return }
                plugin = Self(kind: kind.name, settings: settings)
            }
        }
    }
}
