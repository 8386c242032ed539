/// Tells whether a URI can have grown out of a template (RFC 6570), for routing only.
package struct URITemplate: Sendable {
    fileprivate enum Part: Equatable {
        case literal([UInt8])
        /// An expression; `spans` if its value may hold slashes.
        case expression(spans: Bool)
    }

    private let parts: [Part]

    /// Takes a template apart; what is no expression is literal.
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

    /// Beyond these a match is refused: both come from others, and a match must not take long.
    private static let mostParts = 32
    private static let longestURI = 1 << 13

    /// Whether some expansion of the template is `uri`.
    package func matches(_ uri: [UInt8]) -> Bool {
        guard parts.count <= Self.mostParts, uri.count <= Self.longestURI, hasEnds(of: uri) else {
            return false
        }
        // All the places that the parts so far may have led to, side by side: no backtracking.
        var places = [Bool](repeating: false, count: uri.count + 1)
        places[0] = true
        for part in parts { part.advance(&places, in: uri) }
        return places[uri.count]
    }
}

extension URITemplate {
    /// Whether a URI begins and ends as the template does, which nearly all others do not.
    private func hasEnds(of uri: [UInt8]) -> Bool {
        if case .literal(let head) = parts.first, !uri.starts(with: head) { return false }
        if case .literal(let tail) = parts.last, !uri.suffix(tail.count).elementsEqual(tail) {
            return false
        }
        return true
    }
}

extension URITemplate.Part {
    /// Moves every place to where this part may end when it begins there.
    fileprivate func advance(_ places: inout [Bool], in uri: [UInt8]) {
        switch self {
        case .literal(let literal):
            for end in places.indices.reversed() {
                let start = end - literal.count
                places[end] = start >= 0 && places[start] && uri[start..<end].elementsEqual(literal)
            }
        case .expression(let spans):
            var isReached = false
            for place in places.indices {
                isReached = isReached || places[place]
                places[place] = isReached
                if place < uri.count, !spans, uri[place] == UInt8(ascii: "/") { isReached = false }
            }
        }
    }
}
