import Wire

extension JSONWriter {
    /// A JSON string of text that is there as UTF-8.
    static func quoted(utf8 text: [UInt8]) -> [UInt8] {
        quoted(String(decoding: text, as: UTF8.self))
    }
}
