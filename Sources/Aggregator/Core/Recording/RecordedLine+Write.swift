import Wire

/// How lines of a recording are written; each ends with a line feed.
extension RecordedLine {
    /// The line with which a process begins.
    package static func start(at time: String) -> [UInt8] {
        line { writer in
            writer.key("recording")
            writer.integer(version)
            writer.key("started")
            writer.string(time)
        }
    }

    /// What every recording begins with.
    package static let mark = Array(#"{"recording":"#.utf8)

    /// The line of a message, whose bytes are valid JSON and stay as they are but for line breaks.
    package static func message(
        _ bytes: [UInt8], at time: String, upstream: String, link: Int, isOutgoing: Bool
    ) -> [UInt8] {
        line { writer in
            writer.bytes.reserveCapacity(bytes.count + 160)
            begin(time, upstream, into: &writer)
            writer.key("link")
            writer.integer(link)
            writer.key("to")
            writer.string(isOutgoing ? "upstream" : "manifold")
            writer.key("message")
            if bytes.contains(UInt8(ascii: "\n")) || bytes.contains(UInt8(ascii: "\r")) {
                writer.value(Value(bytes, Extent(0..<bytes.count)))
            } else {
                writer.raw(bytes)
            }
        }
    }

    /// The line that stands for a message which was too large.
    package static func omitted(
        bytes: Int, digest: String, at time: String, upstream: String
    ) -> [UInt8] {
        line { writer in
            begin(time, upstream, into: &writer)
            writer.key("omitted")
            writer.beginObject()
            writer.key("bytes")
            writer.integer(bytes)
            writer.key("sha256")
            writer.string(digest)
            writer.endObject()
        }
    }

    /// The line that says how many messages could not be written down since the last one.
    package static func dropped(_ count: Int) -> [UInt8] {
        line { writer in
            writer.key("dropped")
            writer.integer(count)
        }
    }

    private static func begin(_ time: String, _ upstream: String, into writer: inout JSONWriter) {
        writer.key("at")
        writer.string(time)
        writer.key("upstream")
        writer.string(upstream)
    }

    private static func line(_ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        members(&writer)
        writer.endObject()
        writer.bytes.append(UInt8(ascii: "\n"))
        return writer.bytes
    }
}
