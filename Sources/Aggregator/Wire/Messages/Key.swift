/// The member names that routing reads; everything else is `other`.
enum Key: UInt8, Sendable {
    case other
    case jsonrpc, id, method, params, result, error
    case name, uri, arguments, meta, progressToken, requestId
    /// Says, in `_meta`, that a request brings its own envelope (MCP 2026-07-28, "Versioning").
    case protocolVersion

    /// Those that routing reads in the envelope, and those in `params`.
    static let envelope: [Key] = [.jsonrpc, .id, .method, .params, .result, .error]
    static let parameters: [Key] = [.name, .uri, .arguments, .meta, .progressToken, .requestId]

    var name: String {
        switch self {
        case .other: ""
        case .jsonrpc: "jsonrpc"
        case .id: "id"
        case .method: "method"
        case .params: "params"
        case .result: "result"
        case .error: "error"
        case .name: "name"
        case .uri: "uri"
        case .arguments: "arguments"
        case .meta: "_meta"
        case .progressToken: "progressToken"
        case .requestId: "requestId"
        case .protocolVersion: "io.modelcontextprotocol/protocolVersion"
        }
    }

    /// The key spelled by the bytes between two offsets (no escapes).
    @inline(__always)
    init(_ bytes: Span<UInt8>, from lower: Int, to upper: Int) {
        let length = upper &- lower
        self =
            length == 39
            ? Self.long(bytes, from: lower)
            : Self.short(length, bytes.word(lower), bytes.word(upper &- 8))
    }

    /// The key of a length, compared as one or two words: the first eight bytes and the last eight,
    /// which may overlap.
    @inline(__always)
    static func short(_ length: Int, _ head: UInt64, _ last: UInt64) -> Key {
        switch length {
        case 2:
            return head & 0xFFFF == 0x6469 ? .id : .other
        case 3:
            return head & 0xFF_FFFF == 0x69_7275 ? .uri : .other
        case 4:
            return head & 0xFFFF_FFFF == 0x656D_616E ? .name : .other
        case 5:
            if head & 0xFF_FFFF_FFFF == 0x61_7465_6D5F { return .meta }
            return head & 0xFF_FFFF_FFFF == 0x72_6F72_7265 ? .error : .other
        case 6:
            let word = head & 0xFFFF_FFFF_FFFF
            if word == 0x646F_6874_656D { return .method }
            if word == 0x736D_6172_6170 { return .params }
            return word == 0x746C_7573_6572 ? .result : .other
        case 7:
            return head & 0xFF_FFFF_FFFF_FFFF == 0x63_7072_6E6F_736A ? .jsonrpc : .other
        case 9:
            if head == 0x746E_656D_7567_7261, last &>> 56 == 0x73 { return .arguments }
            return head == 0x4974_7365_7571_6572 && last &>> 56 == 0x64 ? .requestId : .other
        case 13:
            // "progress", then "ssToken".
            let isToken = head == 0x7373_6572_676F_7270 && last == 0x6E65_6B6F_5473_7365
            return isToken ? .progressToken : .other
        default:
            return .other
        }
    }

    /// Kept out of the way of all other names, hardly any of which is as long.
    @inline(never)
    static func long(_ bytes: Span<UInt8>, from lower: Int) -> Key {
        let name = Key.protocolVersion.name.utf8.span
        for offset in 0..<name.count where name[offset] != bytes.byte(lower &+ offset) {
            return .other
        }
        return .protocolVersion
    }
}

/// Which of the keys that matter in one object it has shown so far.
struct KeySet {
    private let watched: UInt16
    private var seen: UInt16 = 0

    /// The envelope: jsonrpc, id, method, params, result, error.
    static var envelope: KeySet { KeySet(watched: 0x007E) }
    /// `params`: name, uri, arguments, _meta, progressToken, requestId.
    static var params: KeySet { KeySet(watched: 0x1F80) }
    /// `params._meta`: progressToken and the protocol version of the envelope.
    static var meta: KeySet { KeySet(watched: 0x2800) }

    private init(watched: UInt16) { self.watched = watched }

    /// Adds a key; false when it matters here and was there already.
    @inline(__always)
    mutating func insert(_ key: Key) -> Bool {
        let bit = (UInt16(1) &<< UInt16(key.rawValue)) & watched
        guard seen & bit == 0 else { return false }
        seen |= bit
        return true
    }

    /// Whether a key has been shown.
    func contains(_ key: Key) -> Bool { seen & (1 &<< UInt16(key.rawValue)) != 0 }
}
