/// Reads the head of a request: the line, the fields, the empty line.
///
/// A head that comes in one piece is copied once, into the array that its fields are ranges of; one
/// that comes in several is gathered here.
struct HeadParser: Sendable {
    private let limits: RequestLimits
    /// What has come of a head that is not whole.
    private var held: [UInt8] = []
    /// Where the line begins that is being read, and up to where it was looked through.
    private var start = 0
    private var scanned = 0
    private var line: RequestLine?
    private var entries: [Fields.Entry] = []
    private var notes = HeadNotes()

    init(_ limits: RequestLimits) { self.limits = limits }

    /// Whether nothing of a head has come yet.
    var isEmpty: Bool { held.isEmpty && start == 0 && scanned == 0 }

    /// The head, once it is whole; nil when all bytes are read and more must come.
    mutating func next(_ bytes: Span<UInt8>, _ at: inout Int) throws(Refusal) -> RequestHead? {
        let count = bytes.count - at
        guard count > 0 else { return nil }
        let before = held.count
        if before == 0, let end = try scan(bytes.extracting(at..<bytes.count)) {
            held.append(bytes, at..<(at + end))
            at += end
            return try finish()
        }
        // Never more than the limit is held, and one byte behind it.
        let taken = min(count, max(limits.head - before, 0) + 1)
        var gathered: [UInt8] = []
        swap(&gathered, &held)
        gathered.append(bytes, at..<(at + taken))
        let end = try scan(gathered.span)
        at += (end ?? gathered.count) - before
        if let end { gathered.removeLast(gathered.count - end) }
        held = gathered
        return end == nil ? nil : try finish()
    }

    private mutating func finish() throws(Refusal) -> RequestHead {
        guard let line else { throw .requestLine }
        let fields = Fields(bytes: held, entries: entries)
        let head = try notes.head(line, fields, limits)
        self = HeadParser(limits)
        return head
    }

    /// Reads line by line; returns where the head ends, or nil when it goes on.
    private mutating func scan(_ bytes: Span<UInt8>) throws(Refusal) -> Int? {
        while true {
            let most = line == nil ? min(limits.head, start + limits.requestLine + 2) : limits.head
            guard let stop = bytes.control(from: scanned, to: min(bytes.count, most)) else {
                scanned = min(bytes.count, most)
                if bytes.count >= most { throw refusalOfLong(bytes, most) }
                return nil
            }
            scanned = stop
            if bytes.byte(stop) == 0x09 {
                scanned += 1
                continue
            }
            guard bytes.byte(stop) == 0x0D else {
                throw bytes.byte(stop) == 0x0A ? .bareFeed : .control
            }
            guard stop + 1 < min(bytes.count, most) else {
                if bytes.count >= most { throw refusalOfLong(bytes, most) }
                return nil
            }
            guard bytes.byte(stop + 1) == 0x0A else { throw .bareReturn }
            let range = start..<stop
            start = stop + 2
            scanned = start
            if try isLast(bytes, range) { return start }
        }
    }

    private func refusalOfLong(_ bytes: Span<UInt8>, _ most: Int) -> Refusal {
        line == nil && most < limits.head
            ? RequestLine.refusal(ofLong: bytes, from: start) : .headTooLarge
    }

    /// Reads one line; true when it is the empty one at the end.
    private mutating func isLast(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(Refusal) -> Bool
    {
        if line != nil {
            if range.isEmpty { return true }
            try readField(bytes, range)
        } else if range.lowerBound > 0 || !range.isEmpty {
            line = try RequestLine(bytes, range, limits)
            entries.reserveCapacity(12)
        }
        // An empty line before the request is one that an old client sent behind a body.
        return false
    }

    private mutating func readField(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(Refusal) {
        if entries.count == limits.fields { throw .tooManyFields }
        var at = range.lowerBound
        while at < range.upperBound, isToken(bytes.byte(at)) { at += 1 }
        let name = range.lowerBound..<at
        guard at < range.upperBound, bytes.byte(at) == 0x3A, !name.isEmpty else {
            guard at < range.upperBound, isBlank(bytes.byte(at)) else { throw .fieldName }
            throw name.isEmpty ? .folding : .spaceBeforeColon
        }
        let value = bytes.trimmed((at + 1)..<range.upperBound)
        if name.count > limits.name { throw .nameTooLong }
        if value.count > limits.value { throw .valueTooLong }
        let known = KnownField(bytes, name)
        try notes.notice(known, bytes, value)
        entries.append(Fields.Entry(known, name: name, value: value))
    }
}
