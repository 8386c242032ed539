import Wire

extension ClientCapabilities {
    /// What upstreams may ask inside of their results of a client that has a session of this
    /// revision: exactly what it can do, in the words of 2026-07-28, and nothing else.
    ///
    /// Opening pages is of 2025-11-25; an older client that says it knows it means something else.
    func inRounds(of revision: Revision) -> ClientCapabilities {
        let pages = elicitationURL && revision.opensPages
        var writer = JSONWriter()
        writer.beginObject()
        if elicitationForm || pages {
            writer.key("elicitation")
            writer.marks([("form", elicitationForm), ("url", pages)])
        }
        if sampling {
            writer.key("sampling")
            writer.marks([("context", samplingContext), ("tools", samplingTools)])
        }
        if roots {
            writer.key("roots")
            writer.marks([])
        }
        writer.endObject()
        return ClientCapabilities(Value(writer.bytes, Extent(0..<writer.bytes.count)))
    }

    private var samplingContext: Bool {
        Value(offered, Extent(0..<offered.count))["sampling"]?["context"] != nil
    }
}

extension JSONWriter {
    /// Writes an object that has an empty object for everything that holds.
    fileprivate mutating func marks(_ names: [(name: String, holds: Bool)]) {
        beginObject()
        for (name, holds) in names where holds {
            key(name)
            beginObject()
            endObject()
        }
        endObject()
    }
}
