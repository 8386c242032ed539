import TestSupport
import Wire

/// What must hold of `Wire`, whatever bytes it is fed.
package struct LineOracle {
    private var random: SplitMix

    /// An oracle whose choices of splices and cuts follow from `seed`.
    package init(seed: UInt64) { random = SplitMix(seed) }

    /// Feeds bytes to the line buffer, the scanners, the walker and the draft.
    package mutating func check(_ input: [UInt8]) throws(Broken) {
        try checkLines(input)
        let line = input.filter { $0 != 0x0A }
        for message in Self.messages(line) { try check(message) }
        if let value = try? Value(validating: line) { try check(value) }
    }

    private static func messages(_ line: [UInt8]) -> [Message] {
        switch try? Frame(scanning: line) {
        case .message(let message): [message]
        case .batch(let batch): batch.compactMap { try? $0.get() }
        case nil: []
        }
    }

    /// However the stream is cut, the lines are the same.
    private mutating func checkLines(_ input: [UInt8]) throws(Broken) {
        let limit = 16 + random.index(400)
        let whole = Self.lines(of: [input[...]], limit: limit)
        let cut = random.index(input.count + 1)
        let second = cut + random.index(input.count - cut + 1)
        let parts = Self.lines(
            of: [input[..<cut], input[cut..<second], input[second...]], limit: limit)
        if whole != parts { throw Broken("cut at \(cut) and \(second), limit \(limit)", input) }
    }

    private static func lines(of parts: [ArraySlice<UInt8>], limit: Int) -> [LineBuffer.Line] {
        var buffer = LineBuffer(capacity: 64, limit: limit)
        var lines: [LineBuffer.Line] = []
        for part in parts {
            buffer.append(part)
            while let line = buffer.next() { lines.append(line) }
        }
        while let line = buffer.finish() { lines.append(line) }
        return lines
    }

    // MARK: Splices

    /// What a draft writes is a message with the new tokens, and the old bytes everywhere else.
    private mutating func check(_ message: Message) throws(Broken) {
        let places = [
            message.id, message.name, message.uri, message.progressToken, message.reportedToken,
            message.requestId,
        ].compactMap { $0 }.sorted { $0.lower < $1.lower }
        var draft = Draft(message)
        var expected: [UInt8] = []
        var at = 0
        for place in places where random.once(in: 2) {
            let token = Self.tokens[random.index(Self.tokens.count)]
            draft.replace(place, with: token)
            expected += message.bytes[at..<place.range.lowerBound] + token
            at = place.range.upperBound
        }
        expected += message.bytes[at...]
        expected.removeAll { $0 == 0x0A || $0 == 0x0D }
        let written = draft.bytes
        guard written == expected else { throw Broken("bytes outside a splice", message.bytes) }
        guard let again = try? Message(scanning: written), again.kind == message.kind,
            again.method == message.method
        else { throw Broken("a draft wrote what is no such message", message.bytes) }
    }

    private static let tokens: [[UInt8]] = [
        "1", "\"a\"", "\"\\u0000é\"", "18446744073709551616", "-1.5e3", "\"\"",
    ].map { Array($0.utf8) }

    // MARK: Walking

    /// Walking ends, and compacting keeps a text valid and is done once.
    private func check(_ value: Value) throws(Broken) {
        walk(value, 0)
        let compact = JSONWriter.compact(value)
        guard let again = try? Value(validating: compact), JSONWriter.compact(again) == compact
        else {
            throw Broken("compacting", value.bytes)
        }
    }

    private func walk(_ value: Value, _ depth: Int) {
        _ = (value.text, value.integer, value.number, value.bool)
        // Every level is scanned anew: deep ones would take long and find nothing new.
        guard depth < 8 else { return }
        for member in value.members {
            _ = member.key.string
            walk(member.value, depth + 1)
        }
        for element in value.elements { walk(element, depth + 1) }
    }
}
