import Aggregator
import CPCRE2
import Synchronization

/// A regular expression (PCRE2) that is compiled once and cannot run away.
///
/// The only place that speaks to the library. What is compiled never changes, so that any thread may
/// use it: hence `@unchecked Sendable`.
@safe final class Pattern: @unchecked Sendable {
    /// How it is written.
    let text: String
    private let code: OpaquePointer
    /// The bytes that a match can begin with; nil where the library does not say which.
    private let starts: [Bool]?

    /// Steps of the matcher from one place of a text; what needs more is given up.
    private static let mostSteps: UInt32 = 20_000
    /// How many places are tried before the time is looked at.
    private static let stride = 1024
    /// How much memory one match may take, in KiB.
    private static let mostMemory: UInt32 = 16 * 1024

    /// Why a text is no pattern.
    struct Mistake: Error {
        /// The library's own words.
        let reason: String
        /// Before which character it gave up, counted from 0.
        let offset: Int
    }

    /// Compiles a pattern; `.` is any character, letters are those of Unicode.
    init(_ text: String) throws(Mistake) {
        let bytes = Array(text.utf8)
        var number: Int32 = 0
        var offset = 0
        let options =
            PCRE2_UTF | PCRE2_UCP | UInt32(PCRE2_NEVER_BACKSLASH_C)
            | UInt32(PCRE2_USE_OFFSET_LIMIT)
        let code = unsafe pcre2_compile_8(bytes, bytes.count, options, &number, &offset, nil)
        guard let code = unsafe code else {
            throw Mistake(
                reason: Self.message(number),
                offset: String(decoding: bytes.prefix(offset), as: UTF8.self).count)
        }
        self.text = text
        unsafe self.code = code
        starts = unsafe Self.starts(of: code)
    }

    deinit { unsafe pcre2_code_free_8(code) }

    /// Where the pattern is found in valid UTF-8, from front to back: its first group where it has one
    /// that took part, else the whole.
    ///
    /// Empty places are left out.
    func matches(in text: [UInt8], _ time: TimeLimit) throws(RuleFault) -> [Range<Int>] {
        let search = Search(steps: Self.mostSteps, memory: Self.mostMemory)
        var found: [Range<Int>] = []
        var at = 0
        var end = 0
        while let next = place(from: at, in: text) {
            at = next
            try time.check("the pattern '\(self.text)'")
            let limit = min(at + Self.stride, text.count)
            let result = unsafe search.first(code, in: text, from: at, to: limit)
            switch result {
            case .nothing:
                at = Self.character(after: limit, in: text)
            case .match(let whole, let part):
                if !part.isEmpty, part.lowerBound >= end {
                    found.append(part)
                    end = part.upperBound
                }
                at =
                    whole.isEmpty || whole.upperBound <= at
                    ? Self.character(after: whole.upperBound, in: text) : whole.upperBound
            case .tooHard:
                throw RuleFault("the pattern '\(self.text)' is too hard for a text.")
            }
        }
        return found
    }

    /// The next place at which a match may begin; nil for none.
    ///
    /// The library looks for it to the end of the text, whatever its limit: it would go through a text
    /// with few such places once for every stretch.
    private func place(from start: Int, in text: [UInt8]) -> Int? {
        guard let starts else { return start <= text.count ? start : nil }
        var at = start
        while at < text.count, !starts[Int(text[at])] || text[at] & 0xC0 == 0x80 { at += 1 }
        return at < text.count ? at : nil
    }

    private static func starts(of code: OpaquePointer) -> [Bool]? {
        var kind: UInt32 = 0
        var unit: UInt32 = 0
        var table: UnsafePointer<UInt8>? = nil
        _ = unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_FIRSTCODETYPE), &kind)
        _ = unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_FIRSTCODEUNIT), &unit)
        _ = unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_FIRSTBITMAP), &table)
        if kind == 1 {
            // In which case, it does not say.
            return unit < 0x80 ? (0..<256).map { $0 == unit || $0 ^ 0x20 == unit } : nil
        }
        guard let table = unsafe table else { return nil }
        return (0..<256).map { unsafe table[$0 / 8] >> UInt8($0 % 8) & 1 == 1 }
    }

    /// Where the next character begins.
    private static func character(after offset: Int, in text: [UInt8]) -> Int {
        var at = offset + 1
        while at < text.count, text[at] & 0xC0 == 0x80 { at += 1 }
        return at
    }

    private static func message(_ number: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = unsafe pcre2_get_error_message_8(number, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, Int(count))), as: UTF8.self)
    }
}

/// The room for one search, with its bounds.
@safe private struct Search: ~Copyable {
    enum Result {
        case nothing
        case match(Range<Int>, part: Range<Int>)
        case tooHard
    }

    private let data: OpaquePointer
    private let context: OpaquePointer

    init(steps: UInt32, memory: UInt32) {
        guard let data = unsafe pcre2_match_data_create_8(2, nil),
            let context = unsafe pcre2_match_context_create_8(nil)
        else { preconditionFailure("There is no memory left.") }
        unsafe pcre2_set_match_limit_8(context, steps)
        unsafe pcre2_set_depth_limit_8(context, steps)
        unsafe pcre2_set_heap_limit_8(context, memory)
        unsafe self.data = data
        unsafe self.context = context
    }

    deinit {
        unsafe pcre2_match_data_free_8(data)
        unsafe pcre2_match_context_free_8(context)
    }

    /// The first match that begins in a range of places.
    borrowing func first(
        _ code: OpaquePointer, in text: [UInt8], from start: Int, to limit: Int
    ) -> Result {
        unsafe pcre2_set_offset_limit_8(context, limit)
        let count = unsafe pcre2_match_8(
            code, text, text.count, start, UInt32(PCRE2_NO_UTF_CHECK), data, context)
        // Zero: the pattern has more groups than are asked for.
        guard count >= 0 else { return count == PCRE2_ERROR_NOMATCH ? .nothing : .tooHard }
        guard let places = unsafe pcre2_get_ovector_pointer_8(data) else { return .nothing }
        let whole = unsafe places[0]..<max(places[0], places[1])
        // A group that took no part has no place.
        guard count != 1, unsafe places[2] >= 0, unsafe places[2] <= places[3] else {
            return .match(whole, part: whole)
        }
        return unsafe .match(whole, part: places[2]..<places[3])
    }
}
