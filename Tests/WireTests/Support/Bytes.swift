import Wire

/// The UTF-8 bytes of a text.
func utf8(_ text: String) -> [UInt8] { Array(text.utf8) }

/// The text of bytes that are known to be UTF-8.
func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

extension Message {
    /// A message from its text.
    convenience init(_ text: String) throws(Rejection) { try self.init(scanning: utf8(text)) }

    /// The text at an extent; nil when there is none.
    func text(_ extent: Extent?) -> String? { extent.map { WireTests.text(self[$0]) } }
}

/// The rejection that a text meets; nil when it is a message.
func rejection(_ bytes: [UInt8], limits: Limits = .standard) -> Rejection? {
    do throws(Rejection) {
        _ = try Message(scanning: bytes, limits: limits)
        return nil
    } catch {
        return error
    }
}

/// The rejection that a text meets; nil when it is a message.
func rejection(_ text: String, limits: Limits = .standard) -> Rejection? {
    rejection(utf8(text), limits: limits)
}

/// Whether bytes are one JSON text.
func isJSON(_ bytes: [UInt8]) -> Bool {
    do throws(Rejection) {
        _ = try Value(validating: bytes)
        return true
    } catch {
        return false
    }
}
