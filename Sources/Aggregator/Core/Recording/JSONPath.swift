/// Places in a document as JSONPath writes them (RFC 9535), as far as they are needed here:
/// `$.result.content[*].timestamp`, `$..requestId`, `$.result['a name']`; names may be globs.
package struct JSONPath: Sendable, Hashable {
    /// One step from a value into a part of it.
    package enum Step: Sendable, Hashable {
        case member(String)
        case element(Int)
    }

    private enum Part: Sendable, Hashable {
        case name(Glob)
        case element(Int)
        case anyElement
        /// Any number of steps.
        case deep
    }

    /// How it is written.
    package let text: String
    private let parts: [Part]

    /// Reads a path; nil when it is none, or names the whole document.
    package init?(_ text: String) {
        self.text = text
        var parts: [Part] = []
        var rest = text[...]
        if rest.first == "$" { rest.removeFirst() }
        while !rest.isEmpty {
            guard let part = Self.part(&rest, isFirst: parts.isEmpty && !text.hasPrefix("$")) else {
                return nil
            }
            parts += part
        }
        guard let last = parts.last, last != .deep else { return nil }
        self.parts = parts
    }

    /// Whether the path leads where these steps lead.
    package func fits(_ steps: [Step]) -> Bool { Self.fit(parts[...], steps[...]) }

    private static func part(_ rest: inout Substring, isFirst: Bool) -> [Part]? {
        if rest.first == "[" { return bracket(&rest).map { [$0] } }
        if rest.hasPrefix("..") {
            rest.removeFirst(2)
            guard rest.first != "[" else { return [.deep] }
            return name(&rest).map { [.deep, $0] }
        }
        if rest.first == "." { rest.removeFirst() } else if !isFirst { return nil }
        return name(&rest).map { [$0] }
    }

    private static func name(_ rest: inout Substring) -> Part? {
        let name = rest.prefix { $0 != "." && $0 != "[" }
        guard !name.isEmpty else { return nil }
        rest = rest[name.endIndex...]
        return .name(Glob(String(name)))
    }

    /// `[0]`, `[*]`, `['name']`.
    private static func bracket(_ rest: inout Substring) -> Part? {
        guard let end = rest.firstIndex(of: "]") else { return nil }
        let inner = rest[rest.index(after: rest.startIndex)..<end]
        rest = rest[rest.index(after: end)...]
        if inner == "*" { return .anyElement }
        if let index = Int(inner), index >= 0 { return .element(index) }
        guard inner.count > 2, let quote = inner.first, quote == "'" || quote == "\"",
            inner.last == quote
        else { return nil }
        return .name(Glob(String(inner.dropFirst().dropLast())))
    }

    private static func fit(_ parts: ArraySlice<Part>, _ steps: ArraySlice<Step>) -> Bool {
        guard let part = parts.first else { return steps.isEmpty }
        let rest = parts.dropFirst()
        if part == .deep {
            return (steps.startIndex...steps.endIndex).contains { fit(rest, steps[$0...]) }
        }
        guard let step = steps.first, fits(part, step) else { return false }
        return fit(rest, steps.dropFirst())
    }

    private static func fits(_ part: Part, _ step: Step) -> Bool {
        switch (part, step) {
        case (.name(let glob), .member(let name)): glob.matches(name)
        case (.element(let wanted), .element(let index)): wanted == index
        case (.anyElement, _): true
        // As in `$.content.*`, which are all of its elements too.
        case (.name(let glob), .element): glob == Glob("*")
        case (.element, .member), (.deep, _): false
        }
    }
}
