/// A walker over JSON that was validated before: bytes and an extent, no tree.
///
/// It shares the storage of the message it looks at. Reading costs a scan over what is skipped, so
/// walk once and keep what you find.
package struct Value: Sendable {
    /// What kinds of value JSON has.
    package enum Kind: UInt8, Sendable, Hashable {
        case object, array, string, number, `true`, `false`, null
    }

    /// The text the value stands in.
    package let bytes: [UInt8]
    /// The token of the value, from its first byte to its last.
    package let extent: Extent

    /// The value at an extent of bytes that a scan has found well formed.
    package init(_ bytes: [UInt8], _ extent: Extent) {
        self.bytes = bytes
        self.extent = extent
    }

    /// Validates a whole JSON text (RFC 8259) of any kind.
    package init(validating bytes: [UInt8], limits: Limits = .standard) throws(Rejection) {
        guard bytes.count <= limits.bytes else {
            throw Rejection(oversized: bytes, limits: limits)
        }
        var scanner = Scanner(depthLimit: limits.depth)
        do throws(Fault) {
            _ = scanner.next(bytes.span)
            let start = scanner.at
            try scanner.value(bytes.span, depth: 0)
            extent = Extent(start..<scanner.at)
            try scanner.finish(bytes.span)
        } catch {
            throw Rejection(error, in: bytes)
        }
        self.bytes = bytes
    }
}

extension Value {
    /// What kind of value it is, by its first byte.
    package var kind: Kind {
        switch bytes.span.byte(lower) {
        case 0x7B: .object
        case 0x5B: .array
        case 0x22: .string
        case 0x74: .true
        case 0x66: .false
        case 0x6E: .null
        default: .number
        }
    }

    /// Whether it is `null`.
    package var isNull: Bool { kind == .null }

    /// The truth value; nil when it is none.
    package var bool: Bool? {
        switch kind {
        case .true: true
        case .false: false
        case .object, .array, .string, .number, .null: nil
        }
    }

    /// The bytes of the value, sharing the storage of the text.
    package var raw: ArraySlice<UInt8> { bytes[extent.range] }

    /// The bytes of the value, in storage of their own.
    package func copy() -> [UInt8] { Array(raw) }

    /// The same without the line breaks between its tokens; in a text there can be none.
    package var unbroken: [UInt8] { raw.filter { $0 != 10 && $0 != 13 } }

    var lower: Int { Int(extent.lower) }
    var upper: Int { Int(extent.upper) }
}
