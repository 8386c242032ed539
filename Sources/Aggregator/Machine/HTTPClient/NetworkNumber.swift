#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// An IPv4 or IPv6 number, as 4 or 16 bytes.
struct NetworkNumber: Hashable {
    /// The bytes, the most significant first.
    let bytes: [UInt8]

    /// Reads a number in its usual notation; nil for a name.
    init?(_ text: String) {
        var four = in_addr()
        var sixteen = in6_addr()
        if unsafe inet_pton(AF_INET, text, &four) == 1 {
            bytes = unsafe withUnsafeBytes(of: four) { unsafe Array($0) }
        } else if unsafe inet_pton(AF_INET6, text, &sixteen) == 1 {
            bytes = unsafe withUnsafeBytes(of: sixteen) { unsafe Array($0) }
        } else {
            return nil
        }
    }

    /// Whether the first `count` bits are those of another number.
    func agrees(with other: NetworkNumber, bits count: Int) -> Bool {
        guard bytes.count == other.bytes.count, count >= 0, count <= bytes.count * 8 else {
            return false
        }
        let whole = count / 8
        guard bytes[..<whole] == other.bytes[..<whole] else { return false }
        let rest = count % 8
        return rest == 0 || (bytes[whole] ^ other.bytes[whole]) >> (8 - rest) == 0
    }
}
