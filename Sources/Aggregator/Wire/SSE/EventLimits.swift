/// How large the events of a stream may be.
package struct EventLimits: Sendable, Hashable {
    /// One line, comments included, and the data of one event, in bytes.
    package var bytes: Int
    /// The name or the id of an event, in bytes.
    package var text: Int

    /// Limits that differ from the standard ones only where an argument says so.
    package init(bytes: Int = Limits.standard.bytes, text: Int = 8 << 10) {
        self.bytes = max(bytes, 16)
        // So that a name is too long before its line is.
        self.text = min(text, self.bytes - 8)
    }

    /// 128 MiB of data, 8 KiB of name.
    package static let standard = EventLimits()
}

/// Why a stream of events cannot be read on.
package enum EventFault: Error, Sendable, Hashable {
    /// A line, or the data of one event, is larger than the limit, in bytes.
    case tooLarge(limit: Int)
    /// The name or id of an event is longer than the limit, in bytes.
    case textTooLong(limit: Int)

    /// The sentence for humans.
    package var sentence: String {
        switch self {
        case .tooLarge(let limit): "An event of the stream is larger than \(limit) bytes."
        case .textTooLong(let limit):
            "The name or id of an event in the stream is longer than \(limit) bytes."
        }
    }
}
