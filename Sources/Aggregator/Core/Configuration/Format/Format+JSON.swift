import Wire

extension Format<[UInt8]> {
    /// Any value, taken as it is written and kept as JSON on one line: nothing in it is expanded.
    package static let json = Self(.anything) { node, reading in
        var writer = JSONWriter()
        if let mark = node.write(to: &writer) {
            reading.report(
                "\(reading.place ?? "the value") has a number that JSON does not have", at: mark)
            return nil
        }
        return writer.bytes
    }
}

extension Node {
    /// Writes the node as JSON; returns the place of a number for which JSON has no word.
    fileprivate func write(to writer: inout JSONWriter) -> Mark? {
        switch content {
        case .scalar(let scalar): return write(scalar, to: &writer)
        case .sequence(let items):
            writer.beginArray()
            for item in items {
                if let fault = item.write(to: &writer) { return fault }
            }
            writer.endArray()
            return nil
        case .mapping(let entries):
            writer.beginObject()
            for entry in entries {
                writer.key(entry.key)
                if let fault = entry.value.write(to: &writer) { return fault }
            }
            writer.endObject()
            return nil
        }
    }

    private func write(_ scalar: Scalar, to writer: inout JSONWriter) -> Mark? {
        switch scalar.meaning {
        case .null: writer.null()
        case .bool(let value): writer.bool(value)
        case .string: writer.string(scalar.text)
        case .integer, .number:
            // As it is spelled, which may say more than a double holds.
            if (try? Value(validating: Array(scalar.text.utf8))) != nil {
                writer.raw(Array(scalar.text.utf8))
            } else if case .integer(let value) = scalar.meaning {
                writer.integer(value)
            } else {
                return mark
            }
        }
        return nil
    }
}
