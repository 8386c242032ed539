/// Reads the events of a stream (`text/event-stream`, HTML §9.2.6) out of its bytes.
///
/// Lines may end in LF, CR or both; however the stream is cut, the events are the same. Data is
/// copied once, from the bytes that came into the event, line by line and not byte by byte.
///
/// An event that the end of the stream cuts off is not dispatched, as the standard wants.
package struct EventParser: Sendable {
    enum Field: Sendable {
        case data, name, id, retry, ignored
    }

    /// Where in a line the stream stands.
    enum Position: Sendable {
        /// At its beginning.
        case start
        /// In the name of the field.
        case field
        /// Behind the colon, where one blank is left out.
        case colon(Field)
        /// In the value.
        case value(Field)
    }

    let limits: EventLimits
    var position = Position.start
    /// The name of the field so far, lowest byte first; more than eight are none that is known.
    var fieldWord: UInt64 = 0
    var fieldCount = 0
    /// How many bytes the line has so far.
    var lineCount = 0
    /// The value of a field that is not data.
    var value: [UInt8] = []
    /// How many bytes of a byte order mark have come; 3 when none can come any more.
    private var mark = 0
    /// Whether a line feed belongs to the carriage return before it.
    private var skipsFeed = false

    var data: [UInt8] = []
    var hasData = false
    var name: String?
    var id: String?
    var retry: Duration?

    /// A parser at the beginning of a stream.
    package init(limits: EventLimits = .standard) { self.limits = limits }

    /// The next event in `bytes` from offset `at`, which is moved behind what was read; nil when all
    /// is read and more must come.
    package mutating func next(_ bytes: Span<UInt8>, from at: inout Int) throws(EventFault)
        -> ServerEvent?
    {
        if mark < 3 { skipMark(bytes, &at) }
        while at < bytes.count {
            if skipsFeed {
                skipsFeed = false
                if bytes.byte(at) == 0x0A {
                    at += 1
                    continue
                }
            }
            let lineEnd = bytes.lineBreak(from: at, to: bytes.count)
            try read(bytes, at..<(lineEnd ?? bytes.count))
            at = lineEnd ?? bytes.count
            guard let lineEnd else { return nil }
            skipsFeed = bytes.byte(lineEnd) == 0x0D
            at += 1
            if let event = try endLine() { return event }
        }
        return nil
    }

    /// Leaves out a byte order mark at the beginning of the stream, however it is cut.
    private mutating func skipMark(_ bytes: Span<UInt8>, _ at: inout Int) {
        let expected: [3 of UInt8] = [0xEF, 0xBB, 0xBF]
        while mark < 3, at < bytes.count {
            guard bytes.byte(at) == expected[mark] else {
                // What looked like one is the name of a field that nobody knows.
                if mark > 0 {
                    position = .value(.ignored)
                    lineCount = mark
                }
                mark = 3
                return
            }
            mark += 1
            at += 1
        }
    }
}
