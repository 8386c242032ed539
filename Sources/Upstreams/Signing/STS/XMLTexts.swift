import CExpat
import Synchronization

/// The texts of an XML answer by the names of their elements, without the tree.
///
/// Of two elements with one name the first counts. Declarations of document types, with which a few
/// bytes can become gigabytes, end the reading.
@safe final class XMLTexts {
    /// Texts and names longer than this are no answer of a service of ours.
    private static let longest = 64 * 1024

    private(set) var texts: [String: String] = [:]
    private var current: [UInt8] = []
    private var isTooLong = false
    private var hasDeclaration = false

    private init() {}

    /// Reads an answer; nil when it is not well-formed.
    static func read(_ bytes: [UInt8]) -> [String: String]? {
        guard bytes.count <= 1 << 20, let parser = unsafe XML_ParserCreate(nil) else { return nil }
        defer { unsafe XML_ParserFree(parser) }
        let reader = XMLTexts()
        let context = unsafe Unmanaged.passUnretained(reader).toOpaque()
        unsafe XML_SetUserData(parser, context)
        unsafe XML_SetElementHandler(
            parser, { context, _, _ in unsafe XMLTexts.from(context)?.began() },
            { context, name in unsafe XMLTexts.from(context)?.ended(name) })
        unsafe XML_SetCharacterDataHandler(parser) { context, text, count in
            unsafe XMLTexts.from(context)?.heard(text, Int(count))
        }
        unsafe XML_SetStartDoctypeDeclHandler(parser) { context, _, _, _, _ in
            unsafe XMLTexts.from(context)?.hasDeclaration = true
        }
        // Piece by piece, so that what is refused is not read on for long.
        var at = 0
        repeat {
            let piece = Array(bytes[at..<min(at + 4096, bytes.count)])
            at += piece.count
            let status = unsafe piece.withUnsafeBufferPointer { piece in
                unsafe piece.withMemoryRebound(to: CChar.self) {
                    unsafe XML_Parse(
                        parser, $0.baseAddress, Int32($0.count), at == bytes.count ? 1 : 0)
                }
            }
            guard status == XML_STATUS_OK, !reader.isTooLong, !reader.hasDeclaration else {
                return nil
            }
        } while at < bytes.count
        return withExtendedLifetime(reader) { reader.texts }
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> XMLTexts? {
        unsafe context.map { unsafe Unmanaged<XMLTexts>.fromOpaque($0).takeUnretainedValue() }
    }

    private func began() { current.removeAll(keepingCapacity: true) }

    private func heard(_ text: UnsafePointer<CChar>?, _ count: Int) {
        guard let text = unsafe text, current.count + count <= Self.longest else {
            isTooLong = true
            return
        }
        unsafe current += UnsafeBufferPointer(start: text, count: count).map {
            UInt8(bitPattern: $0)
        }
    }

    private func ended(_ name: UnsafePointer<CChar>?) {
        guard let name = unsafe name.map({ unsafe String(cString: $0) }) else { return }
        if texts[name] == nil, texts.count < 64 {
            texts[name] = String(decoding: current, as: UTF8.self)
        }
        current.removeAll(keepingCapacity: true)
    }
}
