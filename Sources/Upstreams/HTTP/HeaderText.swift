package import Aggregator
import Machine
package import Wire

/// Values of a message as headers of HTTP carry them (MCP 2026-07-28, "Standard headers").
package enum HeaderText {
    private static let opening = "=?base64?"
    private static let closing = "?="

    /// The text itself if a header can carry it, else its base64 between markers.
    package static func encode(_ text: [UInt8]) -> String {
        let string = String(decoding: text, as: UTF8.self)
        let isPlain =
            text.allSatisfy { (0x20...0x7E).contains($0) } && text.first != 0x20
            && text.last != 0x20
        // What looks encoded would be decoded.
        let isMarked = string.hasPrefix(opening) && string.hasSuffix(closing)
        return isPlain && !isMarked ? string : opening + Base64.encode(text) + closing
    }

    /// The headers that repeat the arguments of a call; what is missing or null has none.
    package static func fields(
        _ parameters: HeaderParameters, _ arguments: Value
    ) -> [(name: String, value: String)] {
        parameters.all.compactMap { parameter in
            var value: Value? = arguments
            for key in parameter.path { value = value?[key] }
            guard let value, let text = text(of: value) else { return nil }
            return ("Mcp-Param-\(parameter.header)", text)
        }
    }

    private static func text(of value: Value) -> String? {
        switch value.kind {
        case .string: value.text.map(encode)
        case .number, .true, .false: String(decoding: value.raw, as: UTF8.self)
        case .null, .object, .array: nil
        }
    }
}
