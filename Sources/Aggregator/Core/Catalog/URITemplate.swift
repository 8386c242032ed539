/// Tells whether a URI can have grown out of a template (RFC 6570), for routing only.
package struct URITemplate: Sendable {
    private enum Part: Equatable {
        case literal([UInt8])
        /// An expression; `spans` if its value may hold slashes.
        case expression(spans: Bool)
    }

    private let parts: [Part]

    package init(_ template: [UInt8]) {
        var parts: [Part] = []
        var literal: [UInt8] = []
        var index = template.startIndex
        while index < template.endIndex {
            let byte = template[index]
            if byte == UInt8(ascii: "{"),
                let close = template[index...].firstIndex(of: UInt8(ascii: "}"))
            {
                if !literal.isEmpty { parts.append(.literal(literal)) }
                literal = []
                let body = template[(index + 1)..<close]
                let first = body.first ?? 0
                let spans = "+#/".utf8.contains(first) || body.last == UInt8(ascii: "*")
                parts.append(.expression(spans: spans))
                index = close + 1
            } else {
                literal.append(byte)
                index += 1
            }
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        self.parts = parts
    }

    /// Whether some expansion of the template is `uri`.
    package func matches(_ uri: [UInt8]) -> Bool { match(parts[...], uri[...]) }

    private func match(_ parts: ArraySlice<Part>, _ rest: ArraySlice<UInt8>) -> Bool {
        guard let part = parts.first else { return rest.isEmpty }
        let following = parts.dropFirst()
        switch part {
        case .literal(let literal):
            guard rest.starts(with: literal) else { return false }
            return match(following, rest.dropFirst(literal.count))
        case .expression(let spans):
            // The shortest value first; each longer one only as far as the expression may reach.
            var value = rest.startIndex
            while true {
                if match(following, rest[value...]) { return true }
                guard value < rest.endIndex, spans || rest[value] != UInt8(ascii: "/") else {
                    return false
                }
                value += 1
            }
        }
    }
}
