import Wire

/// What was recorded of the traffic with upstreams, read from the bytes of its files.
///
/// Pure. Lines that cannot be read are counted, not fatal: a process may have been killed while it
/// wrote one.
package struct Recording: Sendable {
    /// Requests to upstreams with all that belongs to them, in the order in which they were sent.
    package private(set) var exchanges: [RecordedExchange] = []
    /// When the processes that wrote it began, as ISO 8601 writes it.
    package private(set) var starts: [String] = []
    /// Messages that were too large to be kept.
    package private(set) var omissions: [RecordedOmission] = []
    /// How many messages could not be written down.
    package private(set) var dropped = 0
    /// How many lines cannot be read, one that was cut off at the end not counted.
    package private(set) var unreadable = 0
    /// Whether the last line was not written to its end.
    package private(set) var isTorn = false

    /// Why bytes are no recording that can be read here.
    package struct Fault: Error {
        /// A sentence without the name of the file.
        package let reason: String
    }

    /// Reads a recording from its parts, of which the oldest comes first.
    ///
    /// Throws when nothing in them is a line of a recording.
    package init(_ parts: [[UInt8]]) throws(Fault) {
        var pairing = Pairing()
        var known = 0
        for part in parts {
            // Of a file that was set aside the last line is whole as well.
            for line in part.split(separator: UInt8(ascii: "\n")) {
                let isLast = line.endIndex == part.endIndex
                take(Array(line), isLast, &pairing, &known)
            }
        }
        exchanges = pairing.exchanges
        guard known > 0 || parts.allSatisfy(\.isEmpty) else {
            throw Fault(
                reason: "It is no recording: no line begins with '{\"recording\":1' or holds a "
                    + "recorded message. 'manifold record' writes one.")
        }
    }

    private mutating func take(
        _ line: [UInt8], _ isLast: Bool, _ pairing: inout Pairing, _ known: inout Int
    ) {
        guard let line = RecordedLine(line) else {
            // Without a line feed behind it, it was not written to its end.
            if isLast { isTorn = true } else { unreadable += 1 }
            return
        }
        known += 1
        switch line {
        case .start(let time):
            // A process says it again in each of its files.
            guard !starts.contains(time) else { return }
            starts.append(time)
            pairing.restart()
        case .message(let message): pairing.take(message)
        case .omitted(let omission): omissions.append(omission)
        case .dropped(let count): dropped += count
        }
    }

    /// The upstreams that anything was sent to, in the order in which they appear.
    package var upstreams: [String] {
        exchanges.reduce(into: []) { names, exchange in
            if !names.contains(exchange.upstream) { names.append(exchange.upstream) }
        }
    }

    /// The same with one upstream only.
    package func keeping(_ upstream: String) -> Recording {
        var recording = self
        recording.exchanges.removeAll { $0.upstream != upstream }
        return recording
    }
}
