/// Writes the events of a stream (`text/event-stream`, HTML §9.2.5), each with its blank line.
package enum EventWriter {
    /// Appends an event whose data is what `body` appends.
    ///
    /// Data with line breaks becomes several lines. A name or id must have none.
    package static func append(
        name: String? = nil, id: String? = nil, retry: Duration? = nil,
        to bytes: inout [UInt8], data body: (inout [UInt8]) -> Void
    ) {
        if let name { append("event: ", line: name, to: &bytes) }
        if let id { append("id: ", line: id, to: &bytes) }
        if let retry {
            bytes.append(contentsOf: "retry: ".utf8)
            appendDecimal(milliseconds(retry), to: &bytes)
            bytes.append(0x0A)
        }
        bytes.append(contentsOf: "data: ".utf8)
        let start = bytes.count
        body(&bytes)
        precondition(bytes.count >= start, "A writer may only append.")
        if bytes.span.lineBreak(from: start, to: bytes.count) != nil { breakLines(&bytes, start) }
        bytes.append(contentsOf: "\n\n".utf8)
    }

    /// Appends an event with this data.
    package static func append(_ event: ServerEvent, to bytes: inout [UInt8]) {
        append(name: event.name, id: event.id, retry: event.retry, to: &bytes) {
            $0.append(event.data, 0..<event.data.count)
        }
    }

    /// Appends a comment, which keeps a connection from looking idle; each of its lines is one.
    package static func append(comment: String = "", to bytes: inout [UInt8]) {
        bytes.append(0x3A)
        let start = bytes.count
        bytes.append(contentsOf: comment.utf8)
        breakLines(&bytes, start, with: ":")
        bytes.append(contentsOf: "\n\n".utf8)
    }

    private static func append(_ field: String, line: String, to bytes: inout [UInt8]) {
        precondition(
            line.utf8.allSatisfy { $0 != 0x0A && $0 != 0x0D },
            "The name or id of an event is one line.")
        bytes.append(contentsOf: field.utf8)
        bytes.append(contentsOf: line.utf8)
        bytes.append(0x0A)
    }

    private static func milliseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = max(duration, .zero).components
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }

    /// Puts a line end and a field in the place of every line break from an offset on.
    private static func breakLines(
        _ bytes: inout [UInt8], _ start: Int, with field: String = "data: "
    ) {
        let text = Array(bytes[start...])
        bytes.removeLast(text.count)
        var at = 0
        while let end = text.span.lineBreak(from: at, to: text.count) {
            bytes.append(text, at..<end)
            bytes.append(0x0A)
            bytes.append(contentsOf: field.utf8)
            let isPair = text[end] == 0x0D && end + 1 < text.count && text[end + 1] == 0x0A
            at = end + (isPair ? 2 : 1)
        }
        bytes.append(text, at..<text.count)
    }
}
