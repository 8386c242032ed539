import Wire

/// The exact token of a request's id, as a key: `1`, `"1"` and `1.0` are three ids.
///
/// Ids of up to sixteen bytes, which nearly all are, need no array of their own.
struct RequestKey: Sendable, Hashable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private let count: Int
    private let long: [UInt8]?

    init(_ token: ArraySlice<UInt8>) {
        count = token.count
        guard token.count <= 16 else {
            long = Array(token)
            return
        }
        long = nil
        for byte in token.prefix(8) { low = low << 8 | UInt64(byte) }
        for byte in token.dropFirst(8) { high = high << 8 | UInt64(byte) }
    }
}
