import Wire

/// Where in a document a value stands, as the configuration names it: `customer.card`, `items.*.iban`,
/// `**.password`.
///
/// `*` is any one member or element, `**` any number of them; an element is its number, from 0. With a
/// slash in front, slashes separate the parts, for names that have a point.
struct FieldPath: Sendable, Hashable {
    private enum Part: Sendable, Hashable {
        case name(String)
        case any
        case anyNumber
    }

    /// One step from a value into a part of it.
    enum Step {
        case member(Value)
        case element(Int)
    }

    /// How it is written.
    let text: String
    private let parts: [Part]

    /// Reads a path; nil when a part of it is empty.
    init?(_ text: String) {
        let isPointer = text.hasPrefix("/")
        let parts = (isPointer ? text.dropFirst() : text[...])
            .split(separator: isPointer ? "/" : ".", omittingEmptySubsequences: false)
        guard !parts.contains("") else { return nil }
        self.text = text
        self.parts = parts.map { part in
            switch part {
            case "*": .any
            case "**": .anyNumber
            default: .name(String(part))
            }
        }
    }

    /// Whether the path leads where these steps lead, or to something that it lies in.
    func covers(_ steps: [Step]) -> Bool {
        (0...steps.count).contains { Self.fit(parts[...], steps[..<$0]) }
    }

    private static func fit(_ parts: ArraySlice<Part>, _ steps: ArraySlice<Step>) -> Bool {
        guard let part = parts.first else { return steps.isEmpty }
        let rest = parts.dropFirst()
        if part == .anyNumber {
            return (steps.startIndex...steps.endIndex).contains { fit(rest, steps[$0...]) }
        }
        guard let step = steps.first, fits(part, step) else { return false }
        return fit(rest, steps.dropFirst())
    }

    private static func fits(_ part: Part, _ step: Step) -> Bool {
        guard case .name(let name) = part else { return true }
        return switch step {
        case .member(let key): key.isText(name)
        case .element(let index): name == String(index)
        }
    }
}
