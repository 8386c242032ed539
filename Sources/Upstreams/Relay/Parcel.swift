package import Wire

/// One JSON text on its way, in either direction, and whom it concerns.
///
/// Nothing is refused that is JSON: a relay is not the one to say what a message is.
package struct Parcel: Sendable {
    /// What it is to a relay.
    package enum Kind: Sendable, Hashable {
        case request, notification, response
        /// A batch, or nothing that JSON-RPC knows.
        case other
    }

    /// The bytes as they came, without white space around them.
    package let bytes: [UInt8]
    package let kind: Kind
    /// The message, where it is one by the letter of the standard.
    package let message: Message?
    /// The requests that want an answer.
    package let asked: [RelayId]
    /// The requests that are answered.
    package let answered: [RelayId]

    /// Reads a text; throws when it is no JSON.
    package init(_ text: [UInt8], limits: Limits = .standard) throws(Rejection) {
        bytes = Self.trimmed(text)
        if let message = try? Message(scanning: bytes, limits: limits) {
            self.message = message
            let id = message.id.flatMap { RelayId(message.value($0)) }
            switch message.kind {
            case .request: (kind, asked, answered) = (.request, id.map { [$0] } ?? [], [])
            case .notification: (kind, asked, answered) = (.notification, [], [])
            case .result, .error: (kind, asked, answered) = (.response, [], id.map { [$0] } ?? [])
            }
            return
        }
        message = nil
        let value = try Value(validating: bytes, limits: limits)
        switch value.kind {
        case .object:
            let (kind, id) = Self.judge(value)
            self.kind = kind
            asked = kind == .request ? id.map { [$0] } ?? [] : []
            answered = kind == .response ? id.map { [$0] } ?? [] : []
        case .array:
            let parts = value.elements.map(Self.judge)
            kind = .other
            asked = parts.compactMap { $0.kind == .request ? $0.id : nil }
            answered = parts.compactMap { $0.kind == .response ? $0.id : nil }
        case .string, .number, .true, .false, .null: (kind, asked, answered) = (.other, [], [])
        }
    }

    /// The method, where a revision names it.
    package var method: Method { message?.method ?? .other }

    /// The code and the words of the error that it is; nil when it is none.
    package var error: (code: Int, message: String, data: Value?)? {
        guard let message, let extent = message.error else { return nil }
        let error = message.value(extent)
        return (error["code"]?.integer ?? 0, error["message"]?.string ?? "", error["data"])
    }

    /// The same on one line: as it came, unless it has line breaks between its tokens.
    package var line: [UInt8] {
        guard bytes.contains(where: { $0 == 0x0A || $0 == 0x0D }) else { return bytes }
        return JSONWriter.compact(Value(bytes, Extent(0..<bytes.count)))
    }

    /// What an object is that only nearly is a message; of two members with one name the last counts.
    private static func judge(_ value: Value) -> (kind: Kind, id: RelayId?) {
        guard value.kind == .object else { return (.other, nil) }
        var id: RelayId?
        var hasMethod = false
        for (key, member) in value.members {
            if key.isText("id") { id = RelayId(member) }
            if key.isText("method") { hasMethod = true }
        }
        if hasMethod { return (id == nil ? .notification : .request, id) }
        return (id == nil ? .notification : .response, id)
    }

    private static func trimmed(_ text: [UInt8]) -> [UInt8] {
        func isBlank(_ byte: UInt8) -> Bool {
            byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
        }
        guard let first = text.first, let last = text.last, isBlank(first) || isBlank(last) else {
            return text
        }
        let start = text.firstIndex { !isBlank($0) } ?? text.endIndex
        let end = text.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
        return Array(text[start..<max(start, end)])
    }
}
