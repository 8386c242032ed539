package import Aggregator
import Wire

/// The file beside a rule's file, `mask.json` beside `mask.jq`: how the rule is meant, and examples;
/// or a list of examples alone.
package struct JQSidecar: Sendable, Equatable {
    /// How the rule is tested; nil for as it is configured.
    package var settings: JQSettings?
    package var examples: [JQExample] = []

    /// A file that says nothing.
    package init() {}

    /// A file with nothing but examples.
    package init(examples: [JQExample]) { self.examples = examples }

    /// Reads the file's text; throws everything that is wrong with it.
    package init(_ text: [UInt8]) throws(Diagnostics) {
        var reading = Reading(environment: [:])
        let node = try Node(json: text)
        let read = reading.within("the file of examples") { reading in
            node.items == nil
                ? Self.shape.read(node, into: &reading)
                : Self.list.read(node, &reading).map { Self(examples: $0) }
        }
        guard let read, reading.diagnostics.isEmpty else {
            throw Diagnostics(reading.diagnostics)
        }
        self = read
    }

    private static let shape = Shape(
        Self(),
        [
            Key(
                "settings", \.settings, .object(JQSettings.bareShape),
                "The rule's keys, as in a configuration."),
            Key(
                "examples", \.examples, list, "What the rule is to make of documents."),
        ])

    private static let list = Format<JQExample>.object(JQExample.shape).list()

    /// The path of the file beside a rule's.
    package static func path(beside rule: String) -> String {
        (rule.hasSuffix(".jq") ? String(rule.dropLast(3)) : rule) + ".json"
    }
}

extension JQSettings {
    /// The keys that say how a program is meant, without the program and its examples.
    fileprivate static let bareShape = Shape(
        shape.blank,
        shape.keys.filter { !["program", "file", "examples", "shadow"].contains($0.name) })

    /// The keys that are not what they are by default, as an object of JSON.
    package var bare: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        let usual = Self.keys(of: Self())
        for key in Self.keys(of: self) where key.name != "name" {
            let standard = usual.first { $0.name == key.name }?.standard
            guard let literal = key.standard, literal != standard || key.name == "on" else {
                continue
            }
            writer.key(key.name)
            writer.literal(literal)
        }
        if let condition { writer.member("when", condition.text) }
        writer.endObject()
        return writer.bytes
    }

    /// The keys with the values of these settings in the place of defaults.
    private static func keys(of settings: Self) -> [Schema.Key] {
        guard case .object(let object) = Shape(settings, bareShape.keys).schema else { return [] }
        return object.keys
    }
}

extension JSONWriter {
    fileprivate mutating func literal(_ literal: Schema.Literal) {
        switch literal {
        case .text(let text): string(text)
        case .integer(let number): integer(number)
        case .bool(let value): bool(value)
        case .list(let items) where items.count == 1: self.literal(items[0])
        case .list(let items):
            beginArray()
            for item in items { self.literal(item) }
            endArray()
        }
    }
}
