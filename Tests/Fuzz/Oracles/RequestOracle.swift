import TestSupport
import Wire

/// What must hold of the parser of requests, whatever bytes it is fed.
package struct RequestOracle {
    private var random: SplitMix

    /// An oracle whose choices of limits and cuts follow from `seed`.
    package init(seed: UInt64) { random = SplitMix(seed) }

    /// Feeds a stream whole and in pieces, which must come to the same.
    package mutating func check(_ input: [UInt8]) throws(Broken) {
        let limits = RequestLimits(
            head: 20 + random.index(500), target: 1 + random.index(60), fields: random.index(12),
            name: 1 + random.index(60), value: random.index(60), body: random.index(40),
            trailers: random.index(40), chunkExtensions: random.index(20))
        try check(input, random.once(in: 2) ? .standard : limits)
    }

    private mutating func check(_ input: [UInt8], _ limits: RequestLimits) throws(Broken) {
        let whole = try Reading(of: [input[...]], limits)
        let cut = random.index(input.count + 1)
        let second = cut + random.index(input.count - cut + 1)
        let parts = try Reading(
            of: [input[..<cut], input[cut..<second], input[second...]], limits)
        if whole != parts { throw Broken("a request cut at \(cut) and \(second)", input) }
        if random.once(in: 4) {
            let single = try Reading(of: input.indices.map { input[$0...$0] }, limits)
            if single != whole { throw Broken("a request byte by byte", input) }
        }
    }

    /// What a stream came to.
    private struct Reading: Equatable {
        private struct Request: Equatable {
            var bytes: [UInt8] = []
            var fields = Fields()
            var body: [UInt8] = []
            var isWhole = false
        }

        private var requests: [Request] = []
        private var refusal: Refusal?

        init(of parts: [ArraySlice<UInt8>], _ limits: RequestLimits) throws(Broken) {
            var parser = RequestParser(limits: limits)
            for part in parts {
                let bytes = Array(part)
                var at = 0
                while let event = parser.next(bytes.span, from: &at) {
                    try take(event, bytes, limits)
                }
                if at != bytes.count, refusal == nil { throw Broken("bytes left over", bytes) }
            }
        }

        private mutating func take(
            _ event: RequestParser.Event, _ bytes: [UInt8], _ limits: RequestLimits
        ) throws(Broken) {
            if refusal != nil { throw Broken("an event behind a refusal", bytes) }
            switch event {
            case .head(let head):
                let line = Array("\(head.methodName) \(head.pathText)".utf8)
                requests.append(Request(bytes: line, fields: head.fields))
                for field in head.fields where FieldName(field.name.text) == nil {
                    throw Broken("a field whose name is no token", bytes)
                }
                for field in head.fields where FieldValue(Array(field.value.bytes)) == nil {
                    throw Broken("a field whose value could be another", bytes)
                }
            case .body(let range):
                guard let last = requests.indices.last, !requests[last].isWhole else {
                    throw Broken("a body of nothing", bytes)
                }
                requests[last].body += bytes[range]
                if requests[last].body.count > limits.body {
                    throw Broken("a body over the limit", bytes)
                }
            case .end:
                guard let last = requests.indices.last, !requests[last].isWhole else {
                    throw Broken("an end of nothing", bytes)
                }
                requests[last].isWhole = true
            case .refused(let reason): refusal = reason
            }
        }
    }
}
