import Testing
import Wire

/// The public JSON parsing suite: y_ must be accepted, n_ refused, i_ is for the reader to decide.
@Suite("JSONTestSuite")
struct JSONTestSuiteTests {
    private static let files = Vectors.files(in: "JSONTestSuite/test_parsing")

    /// What we decided: numbers of any size, lone surrogate escapes and 500 levels pass; whatever is
    /// not plain UTF-8 does not.
    private static let accepted: Set<String> = [
        "i_number_double_huge_neg_exp.json", "i_number_huge_exp.json",
        "i_number_neg_int_huge_exp.json", "i_number_pos_double_huge_exp.json",
        "i_number_real_neg_overflow.json", "i_number_real_pos_overflow.json",
        "i_number_real_underflow.json", "i_number_too_big_neg_int.json",
        "i_number_too_big_pos_int.json", "i_number_very_big_negative_int.json",
        "i_object_key_lone_2nd_surrogate.json", "i_string_1st_surrogate_but_2nd_missing.json",
        "i_string_1st_valid_surrogate_2nd_invalid.json",
        "i_string_incomplete_surrogate_and_escape_valid.json",
        "i_string_incomplete_surrogate_pair.json",
        "i_string_incomplete_surrogates_escape_valid.json",
        "i_string_invalid_lonely_surrogate.json", "i_string_invalid_surrogate.json",
        "i_string_inverted_surrogates_U+1D11E.json", "i_string_lone_second_surrogate.json",
        "i_structure_500_nested_arrays.json",
    ]

    private static let refused: Set<String> = [
        "i_string_UTF-16LE_with_BOM.json", "i_string_UTF-8_invalid_sequence.json",
        "i_string_UTF8_surrogate_U+D800.json", "i_string_invalid_utf-8.json",
        "i_string_iso_latin_1.json", "i_string_lone_utf8_continuation_byte.json",
        "i_string_not_in_unicode_range.json", "i_string_overlong_sequence_2_bytes.json",
        "i_string_overlong_sequence_6_bytes.json",
        "i_string_overlong_sequence_6_bytes_null.json", "i_string_truncated-utf-8.json",
        "i_string_utf16BE_no_BOM.json", "i_string_utf16LE_no_BOM.json",
        "i_structure_UTF-8_BOM_empty_object.json",
    ]

    private func isExpected(_ file: Vectors.File) -> Bool {
        file.name.hasPrefix("y_") || Self.accepted.contains(file.name)
    }

    @Test("each raw text is accepted or refused as decided")
    func raw() {
        for file in Self.files {
            #expect(isJSON(file.bytes) == isExpected(file), "\(file)")
        }
    }

    @Test("the verdict is the same when the text is the payload of a message")
    func payload() {
        let frames = [
            (#"{"jsonrpc":"2.0","id":1,"result":"#, "}"),
            (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"arguments":"#, "}}"),
            (#"{"x":"#, #","jsonrpc":"2.0","method":"m"}"#),
        ]
        for file in Self.files {
            for (before, after) in frames {
                let message = utf8(before) + file.bytes + utf8(after)
                #expect((rejection(message) == nil) == isExpected(file), "\(file) in \(before)")
            }
        }
    }

    @Test("a payload that is accepted is found and written byte for byte")
    func fidelity() throws {
        for file in Self.files where isExpected(file) {
            let bytes = utf8(#"{"jsonrpc":"2.0","id":1,"result":"#) + file.bytes + utf8("}")
            let message = try Message(scanning: bytes)
            let result = try #require(message.result)
            let value = try Value(validating: file.bytes)
            #expect(Array(message[result]) == value.copy(), "\(file)")
            let isBreak: (UInt8) -> Bool = { $0 == 0x0A || $0 == 0x0D }
            #expect(Draft(message).bytes == bytes.filter { !isBreak($0) }, "\(file)")
        }
    }

    @Test("every text that leaves the choice to the reader is decided here")
    func decided() {
        for file in Self.files where file.name.hasPrefix("i_") {
            let isDecided = Self.accepted.contains(file.name) != Self.refused.contains(file.name)
            #expect(isDecided, "\(file)")
        }
    }

    @Test("the plain reader that other tests compare with agrees")
    func oracle() {
        for file in Self.files {
            #expect(Oracle.accepts(file.bytes) == isJSON(file.bytes), "\(file)")
        }
    }
}
