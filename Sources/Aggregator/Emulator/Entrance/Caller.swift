import Machine
import Wire

/// Who sends a request that was let in.
struct EdgeCaller: Sendable {
    /// An ARN, or the subject of a token.
    let name: String
    /// How it was proved.
    let mode: Access.Mode
}

/// What proves something in a request.
enum Proof {
    case none
    case signature(String)
    case token(String)
    /// A scheme that is neither.
    case unknown

    init(_ fields: Fields) {
        guard let text = fields[.authorization]?.text, !text.isEmpty else {
            self = .none
            return
        }
        if text.hasPrefix("AWS4-HMAC-SHA256") {
            self = .signature(text)
        } else if text.lowercased().hasPrefix("bearer ") {
            self = .token(String(text.dropFirst(7).drop { $0 == " " }))
        } else {
            self = .unknown
        }
    }
}
