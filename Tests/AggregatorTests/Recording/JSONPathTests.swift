import Aggregator
import Testing
import Wire

@Suite struct JSONPathTests {
    private func without(_ path: String, _ document: String) throws -> String {
        let path = try #require(JSONPath(path))
        let value = try Value(validating: Array(document.utf8))
        return String(
            decoding: Semantics.json(value, like: nil, without: [path]), as: UTF8.self)
    }

    @Test(
        "a path leads to what it names and to nothing else",
        arguments: [
            ("$.a.b", #"{"a":{"c":2},"b":3}"#), ("a.b", #"{"a":{"c":2},"b":3}"#),
            ("$..b", #"{"a":{"c":2}}"#), ("$.*", "{}"), ("$['a']['b']", #"{"a":{"c":2},"b":3}"#),
            ("$.a[\"c\"]", #"{"a":{"b":1},"b":3}"#), ("$.a.?", #"{"a":{},"b":3}"#),
            ("$.b.a", #"{"a":{"b":1,"c":2},"b":3}"#), ("$.a", #"{"b":3}"#),
        ])
    func members(path: String, expected: String) throws {
        #expect(try without(path, #"{"a":{"b":1,"c":2},"b":3}"#) == expected)
    }

    @Test(
        "elements are named by their number, or all of them",
        arguments: [
            ("$.x[1]", #"{"x":[{"t":1},{"t":3}]}"#), ("$.x[*].t", #"{"x":[{},{},{}]}"#),
            ("$.x[0].t", #"{"x":[{},{"t":2},{"t":3}]}"#), ("$.x.*.t", #"{"x":[{},{},{}]}"#),
            ("$..[2]", #"{"x":[{"t":1},{"t":2}]}"#),
            ("$.x[9]", #"{"x":[{"t":1},{"t":2},{"t":3}]}"#),
        ])
    func elements(path: String, expected: String) throws {
        #expect(try without(path, #"{"x":[{"t":1},{"t":2},{"t":3}]}"#) == expected)
    }

    @Test(
        "what is no path is refused",
        arguments: ["", "$", "$.", "$..", "$.a.", "$[", "$[-1]", "$[a]", "$a", "$.a[]", "$['']"])
    func mistakes(path: String) { #expect(JSONPath(path) == nil) }

    @Test(
        "what was taken out of a recording is like anything in its place",
        arguments: [
            (#""[redacted]""#, #""x""#, true), (#""[redacted]""#, "12", true),
            (#""a [redacted] b""#, #""a x b""#, true), (#""a [redacted] b""#, #""a x c""#, false),
            (#""[redacted][redacted]""#, #""""#, true), (#""[redacted]""#, "[1]", false),
            (#"{"p":"[redacted]","q":1}"#, #"{"q":1.0,"p":"y"}"#, true),
            (#"{"p":"[redacted]"}"#, "{}", false), (#"["[redacted]",1]"#, "[2,1]", true),
            (#""ab[redacted]ba""#, #""aba""#, false), (#""x""#, #""[redacted]""#, false),
        ])
    func masked(recorded: String, other: String, isLike: Bool) throws {
        let recorded = try Value(validating: Array(recorded.utf8))
        let other = try Value(validating: Array(other.utf8))
        #expect(Semantics.isLike(recorded, other) == isLike)
    }
}
