/// The reversible form of a resource URI that another upstream uses too.
///
/// `manifold://<upstream>/<percent-encoded URI>`, and for what grows out of a template
/// `manifold://<upstream>/~<URI>`, because a client must be able to expand it as it stands.
package enum WrappedURI {
    private static let scheme = Array("manifold://".utf8)
    private static let tilde = UInt8(ascii: "~")

    /// The wrapped URI or template of an item.
    package static func wrap(_ item: Item) -> String {
        let bytes =
            item.kind == .template
            ? wrap(template: item.original, of: item.upstream)
            : wrap(item.original, of: item.upstream)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Wraps a URI of an upstream.
    package static func wrap(_ uri: [UInt8], of upstream: String) -> [UInt8] {
        var wrapped = head(upstream)
        for byte in uri { encode(byte, into: &wrapped) }
        return wrapped
    }

    /// Wraps a template, its expressions intact.
    package static func wrap(template: [UInt8], of upstream: String) -> [UInt8] {
        head(upstream) + [tilde] + template
    }

    /// Whether a URI has the form of wrapped ones, as those of another aggregator behind us do.
    package static func hasForm(_ uri: some Collection<UInt8>) -> Bool { uri.starts(with: scheme) }

    /// Takes a wrapped URI apart; nil when it is not one.
    package static func unwrap(_ uri: [UInt8]) -> Target? {
        guard uri.starts(with: scheme) else { return nil }
        let rest = uri.dropFirst(scheme.count)
        guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        let upstream = String(decoding: rest[..<slash], as: UTF8.self)
        let tail = rest[(slash + 1)...]
        if tail.first == tilde {
            return Target(upstream: upstream, original: Array(tail.dropFirst()))
        }
        return decode(tail).map { Target(upstream: upstream, original: $0) }
    }

    private static func head(_ upstream: String) -> [UInt8] {
        scheme + Array(upstream.utf8) + [UInt8(ascii: "/")]
    }

    private static func encode(_ byte: UInt8, into output: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"):
            output.append(byte)
        default:
            let digits = Array("0123456789ABCDEF".utf8)
            output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }

    private static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var output: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            guard text[index] == UInt8(ascii: "%") else {
                output.append(text[index])
                index += 1
                continue
            }
            guard index + 2 < text.endIndex, let high = hex(text[index + 1]),
                let low = hex(text[index + 2])
            else { return nil }
            output.append(high << 4 | low)
            index += 3
        }
        return output
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
