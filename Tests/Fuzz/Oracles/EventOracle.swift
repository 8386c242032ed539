import TestSupport
import Wire

/// What must hold of the parser of events, whatever bytes it is fed.
package struct EventOracle {
    private var random: SplitMix

    /// An oracle whose choices of limits and cuts follow from `seed`.
    package init(seed: UInt64) { random = SplitMix(seed) }

    /// Feeds a stream whole and in pieces, and writes what was read, which must be read again.
    package mutating func check(_ input: [UInt8]) throws(Broken) {
        let narrow = EventLimits(bytes: 16 + random.index(60), text: 1 + random.index(20))
        let limits = random.once(in: 2) ? EventLimits.standard : narrow
        let whole = Self.events(of: [input[...]], limits)
        let cut = random.index(input.count + 1)
        let second = cut + random.index(input.count - cut + 1)
        let parts = Self.events(
            of: [input[..<cut], input[cut..<second], input[second...]], limits)
        if whole != parts { throw Broken("events cut at \(cut) and \(second)", input) }
        let single = Self.events(of: input.indices.map { input[$0...$0] }, limits)
        if whole != single { throw Broken("events byte by byte", input) }
        if case .success(let events) = whole { try checkWriting(events, input) }
    }

    /// An event that has no data is written with an empty line of it, and line breaks become LF.
    private func checkWriting(_ events: [ServerEvent], _ input: [UInt8]) throws(Broken) {
        var bytes: [UInt8] = []
        for event in events { EventWriter.append(event, to: &bytes) }
        if Self.events(of: [bytes[...]], .standard) != .success(events) {
            throw Broken("events that were written", input)
        }
    }

    private static func events(
        of parts: [ArraySlice<UInt8>], _ limits: EventLimits
    ) -> Result<[ServerEvent], EventFault> {
        var parser = EventParser(limits: limits)
        var events: [ServerEvent] = []
        for part in parts {
            let bytes = Array(part)
            var at = 0
            do throws(EventFault) {
                while let event = try parser.next(bytes.span, from: &at) { events.append(event) }
            } catch {
                return .failure(error)
            }
        }
        return .success(events)
    }
}
