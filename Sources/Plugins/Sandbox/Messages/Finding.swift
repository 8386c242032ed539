/// What a worker answers: what the program made of the document.
package enum Finding: Sendable, Equatable {
    /// The same value as the document: its bytes are to stay as they are.
    case unchanged
    /// Another value, as JSON on one line.
    case changed([UInt8])
    /// No output at all, which is the program's way to say that it does not want the document.
    case empty
    /// More than one output, of which none can be the right one.
    case many
    /// The program failed, in words that repeat no value unless the question allows it.
    case failed(String)
    /// The document, or what the program did to its numbers, cannot be held without loss.
    case lossy(String)

    /// The program stopped its worker, which is not to be asked again.
    package static let halted = Finding.failed("the program halted")

    private enum Kind: UInt8 {
        case unchanged, changed, empty, many, failed, lossy
    }

    /// The frame that says it.
    package var frame: [UInt8] {
        let (kind, rest): (Kind, [UInt8]) =
            switch self {
            case .unchanged: (.unchanged, [])
            case .changed(let value): (.changed, value)
            case .empty: (.empty, [])
            case .many: (.many, [])
            case .failed(let reason): (.failed, Array(reason.utf8))
            case .lossy(let reason): (.lossy, Array(reason.utf8))
            }
        var writer = FrameWriter(capacity: rest.count + 1)
        writer.byte(kind.rawValue)
        writer.rest(rest)
        return writer.finish()
    }

    /// Reads a frame; nil when it is none of these.
    package init?(_ frame: [UInt8]) {
        var reader = FrameReader(frame)
        guard let kind = reader.byte().flatMap(Kind.init) else { return nil }
        let rest = reader.rest()
        switch kind {
        case .changed: self = .changed(rest)
        case .failed: self = .failed(String(decoding: rest, as: UTF8.self))
        case .lossy: self = .lossy(String(decoding: rest, as: UTF8.self))
        case .unchanged, .empty, .many:
            guard rest.isEmpty else { return nil }
            switch kind {
            case .empty: self = .empty
            case .many: self = .many
            default: self = .unchanged
            }
        }
    }
}
