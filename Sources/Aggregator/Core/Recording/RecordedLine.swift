package import Wire

/// One line of a recording: JSON, in the form that binds everybody who writes or reads one.
package enum RecordedLine: Sendable {
    /// A process began to append, at this time; ids of earlier lines mean nothing any more.
    case start(at: String)
    case message(RecordedMessage)
    /// A message that was too large to be kept.
    case omitted(RecordedOmission)
    /// So many messages could not be written down.
    case dropped(Int)
}

/// One message as it crossed the border to an upstream.
package struct RecordedMessage: Sendable {
    /// When, as ISO 8601 writes it, in UTC.
    package let at: String
    package let upstream: String
    /// Tells apart conversations with the same upstream, within one start.
    package let link: Int
    /// Whether it was sent to the upstream.
    package let isOutgoing: Bool
    package let message: Message
}

/// What is known of a message whose bytes were not kept.
package struct RecordedOmission: Sendable, Equatable {
    package let upstream: String
    /// How long it was.
    package let bytes: Int
    /// The SHA-256 of its bytes, in hexadecimal digits.
    package let digest: String
}

extension RecordedLine {
    /// The form that is written here; another number is another form.
    package static let version = 1
    /// What stands in the place of something that nobody should read.
    package static let marker = "[redacted]"

    /// Reads a line without its end; nil when it is none, or was not written to its end.
    package init?(_ line: [UInt8]) {
        guard let value = try? Value(validating: line, limits: Limits(bytes: line.count)) else {
            return nil
        }
        if let version = value["recording"]?.integer {
            guard version == Self.version, let at = value["started"]?.string else { return nil }
            self = .start(at: at)
        } else if let count = value["dropped"]?.integer {
            self = .dropped(count)
        } else if let omission = value["omitted"] {
            guard let omission = RecordedOmission(omission, of: value["upstream"]?.string) else {
                return nil
            }
            self = .omitted(omission)
        } else {
            guard let message = RecordedMessage(value) else { return nil }
            self = .message(message)
        }
    }
}

extension RecordedMessage {
    fileprivate init?(_ value: Value) {
        guard let at = value["at"]?.string, let upstream = value["upstream"]?.string,
            let link = value["link"]?.integer, let to = value["to"]?.string,
            to == "upstream" || to == "manifold", let bytes = value["message"]?.copy(),
            let message = try? Message(scanning: bytes, limits: Limits(bytes: bytes.count))
        else { return nil }
        self.at = at
        self.upstream = upstream
        self.link = link
        isOutgoing = to == "upstream"
        self.message = message
    }
}

extension RecordedOmission {
    fileprivate init?(_ value: Value, of upstream: String?) {
        guard let upstream, let bytes = value["bytes"]?.integer,
            let digest = value["sha256"]?.string
        else { return nil }
        self.upstream = upstream
        self.bytes = bytes
        self.digest = digest
    }
}
