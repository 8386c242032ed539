import Testing
import Wire

@testable import manifold

@Suite struct ValueDiffTests {
    private func value(_ text: String) throws -> Value { try Value(validating: Array(text.utf8)) }

    private func diff(_ before: String, _ after: String) throws -> String {
        let lines = try ValueDiff.lines(before: value(before), after: value(after))
        return ValueDiff.text(lines, .plain)
    }

    @Test(
        "what means the same has no lines",
        arguments: [
            (#"{"a":1,"b":[2]}"#, #"{ "b" : [2.0], "a" : 10e-1 }"#), ("\"é\"", #""\u00e9""#),
            ("-0", "0"), ("12345678901234567890", "12345678901234567890.0"), ("[]", "[ ]"),
        ])
    func same(before: String, after: String) throws {
        #expect(try diff(before, after) == "")
        #expect(try value(before).means(value(after)))
    }

    @Test(
        "what differs by a little differs",
        arguments: [
            ("12345678901234567890", "12345678901234567891"), ("1", "\"1\""), ("[1,2]", "[2,1]"),
            ("{}", "[]"), ("null", "{}"), (#"{"a":1}"#, #"{"A":1}"#),
        ])
    func different(before: String, after: String) throws {
        #expect(try diff(before, after) != "")
        #expect(try !value(before).means(value(after)))
    }

    @Test("a member that is gone, new or changed is a line, whatever the order")
    func members() throws {
        #expect(
            try diff(
                #"{"gone":1,"stays":{"x":true},"n":5}"#, #"{"n":6,"new":[],"stays":{"x":true}}"#)
                    == """
                     {
                    -  "gone": 1,
                       "stays": {
                         "x": true
                       },
                    -  "n": 5,
                    +  "n": 6,
                    +  "new": []
                     }

                    """)
    }

    @Test("elements are matched by what they mean, and otherwise by their order")
    func elements() throws {
        #expect(
            try diff(#"[{"a":1,"b":2},"x","y"]"#, #"["0",{"a":1,"b":3},"y"]"#) == """
                 [
                -  {
                -    "a": 1,
                -    "b": 2
                -  },
                +  "0",
                -  "x",
                +  {
                +    "a": 1,
                +    "b": 3
                +  },
                   "y"
                 ]

                """)
        #expect(
            try diff(#"[1,2,3]"#, #"[1,3]"#) == """
                 [
                   1,
                -  2,
                   3
                 ]

                """)
    }

    @Test("of what stays only what is near is shown, and where it goes on")
    func context() throws {
        let numbers = (1...20).map(String.init).joined(separator: ",")
        let before = #"{"list":[\#(numbers)],"odd key":{"deep":"a"}}"#
        let after = #"{"list":[\#(numbers)],"odd key":{"deep":"b"}}"#
        #expect(
            try diff(before, after) == """
                @@ $["odd key"].deep @@
                     20
                   ],
                   "odd key": {
                -    "deep": "a"
                +    "deep": "b"
                   }
                 }

                """)
    }

    @Test("of long texts what differs is shown")
    func longTexts() throws {
        let (head, tail) = (String(repeating: "h", count: 300), String(repeating: "t", count: 300))
        let around = String(repeating: "h", count: 30), after = String(repeating: "t", count: 30)
        #expect(
            try diff("\"\(head)old\\n\(tail)\"", "\"\(head)new\\n\(tail)\"") == """
                -…"\(around)old\\n\(after.dropLast())"…
                +…"\(around)new\\n\(after.dropLast())"…

                """)
    }

    @Test("lines are coloured by the ink, and control characters shown")
    func colours() throws {
        let lines = try ValueDiff.lines(before: value("1"), after: value("\"\u{9B}2\""))
        #expect(
            ValueDiff.text(lines, Ink(isOn: true))
                == "\u{1B}[31m-1\u{1B}[0m\n\u{1B}[32m+\"\\x9b2\"\u{1B}[0m\n")
        #expect(lines.map(\.path) == ["$", "$"])
    }

    @Test("very long lists are compared by place, in time")
    func large() throws {
        let before = "[" + (0..<3000).map(String.init).joined(separator: ",") + "]"
        let after = "[" + (0..<3000).map { $0 == 1500 ? "0" : "\($0)" }.joined(separator: ",") + "]"
        let lines = try ValueDiff.lines(before: value(before), after: value(after))
        #expect(lines.filter { $0.sign == .gone }.map(\.path) == ["$[1500]"])
        #expect(lines.filter { $0.sign == .new }.count == 1)
    }
}
