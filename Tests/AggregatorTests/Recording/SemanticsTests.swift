import Aggregator
import Testing
import Wire

@Suite struct SemanticsTests {
    private func form(_ text: String) throws -> String {
        String(
            decoding: Semantics.json(try Value(validating: Array(text.utf8))), as: UTF8.self)
    }

    @Test(
        "what means the same has one form",
        arguments: [
            (#"{"b":1,"a":2}"#, #"{"a":2,"b":1}"#), ("1.0", "1"), ("1e2", "100"),
            ("-0.0", "0"), ("10e-1", "1"), ("0.10", "0.1"), ("0.1e1", "1"), ("1.5e-3", "0.0015"),
            (#""\u0041\/""#, #""A/""#), (#"{"a":1,"a":2}"#, #"{"a":2}"#), ("[ 1 , 2 ]", "[1,2]"),
            ("123456789012345678901234567890.0", "123456789012345678901234567890"),
            ("1e300", "1e300"), ("10e299", "1e300"), ("1e-300", "1e-300"),
        ])
    func same(one: String, other: String) throws {
        #expect(try form(one) == form(other))
    }

    @Test(
        "what means something else has another",
        arguments: [
            ("1", "\"1\""), ("1", "1.0000000000000000000001"), ("[1,2]", "[2,1]"), ("{}", "[]"),
            ("9007199254740993", "9007199254740992"), ("1e99999999999", "1e99999999998"),
            ("null", "false"), (#"{"a":null}"#, "{}"),
        ])
    func different(one: String, other: String) throws {
        #expect(try form(one) != form(other))
    }

    @Test("a number's form is the same number", arguments: ["0.001", "12.5", "1200", "1e25", "7"])
    func value(text: String) throws {
        #expect(try Double(form(text)) == Double(text))
    }
}
