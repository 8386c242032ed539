import Aggregator
import Plugins
import Testing

@testable import Sandbox

@Suite(.serialized, .timeLimit(.minutes(3))) struct EngineTests {
    @Test("each rule makes of its document what its program says")
    func outcomes() throws {
        let programs = [
            ".", ".a = 1", "empty", ".,.", "error(\"no\")", ".[]", "{c: $ctx.tool, d: .}",
            "def f: . + 1; f", "# a comment at the end\n. # and here", "to_entries | from_entries",
            "error({a: 1})", "tostring", "@sh \"\\(.)\"", "null",
        ].map { Program($0) }
        try withPool(programs) { pool in
            let expected: [(UInt32, String, Finding)] = [
                (0, #"{"b":1.0,"a":[ 2 ]}"#, .unchanged),
                (1, #"{"b":1.0,"a":2}"#, .changed(#"{"b":1.0,"a":1}"#)),
                (1, #"{"a":1.0}"#, .unchanged),
                (2, "1", .empty), (3, "1", .many), (4, "1", .failed("no")),
                (5, #""secret""#, .failed("Cannot iterate over string")),
                (6, "1", .changed(#"{"c":"get","d":1}"#)),
                (7, "1", .changed("2")), (8, "{}", .unchanged),
                (9, #"{"z":1,"a":2}"#, .unchanged),
                (10, "1", .failed("it raised an error that is no text")),
                (11, #"{"a":"é"}"#, .changed(#""{\"a\":\"é\"}""#)),
                (12, #""a'b""#, .changed(#""'a'\\''b'""#)), (13, "null", .unchanged),
                (99, "1", .failed("the question is malformed")),
                (0, "not json", .failed("the question is malformed")),
            ]
            for (rule, document, finding) in expected {
                let found = try await pool.evaluate(
                    question(rule, document, context: #"{"tool":"get"}"#))
                if rule == 1, finding != .unchanged {
                    // Whether a number keeps its spelling depends on libjq's version.
                    #expect(found == finding || found == .changed(#"{"b":1,"a":1}"#))
                } else {
                    #expect(found == finding, "rule \(rule) over \(document)")
                }
            }
        }
    }

    /// Programs that fail over a text, and what is said of it: one of the texts between bars.
    private static let failing = [
        ("fromjson", "(while parsing a text)"),
        ("tonumber", "(while parsing a text)|cannot be parsed as a number"),
        (". + 1", "string and number cannot be added"), (". - 1", "cannot be subtracted"),
        ("{} * .", "cannot be multiplied"), ("1 / .", "cannot be divided"),
        ("{} % .", "cannot be divided"), ("- .", "cannot be negated"),
        (".[]", "Cannot iterate over string"), ("1 | .[$d]", "Cannot index number"),
        ("[] | .[$d]", "Cannot index array"),
        ("{(1 | tojson | {(.): $d} | .): 1}", "as object key|Object keys"),
        ("keys", "string has no keys"), ("has(1)", "Cannot check whether string has a number key"),
        ("contains(1)", "containment checked"), ("sort", "string cannot be sorted"),
        ("group_by(.)", "iterate|sorted"), ("fromdate", "does not match format"),
        (#"strptime("%Y")"#, #"does not match format "%Y""#), ("mktime", "mktime requires"),
        ("todate", "strftime/1 requires"), ("gmtime", "gmtime"), ("@base64d", "base64"),
        ("@base32d", "is not a valid format|base32"),
        ("[[.]] | @csv", "is not valid in a csv row"), ("@csv", "only array"),
        (#"@sh "\([[.]])""#, "can not be escaped for shell"),
        (#"test("a"; $d)"#, "… is not a valid modifier string"),
        (#"test("(" + $d)"#, "Regex failure"), ("1 | test($d)", "cannot be matched"),
        ("format($d)", "… is not a valid format"), ("del(.[0])", "Cannot delete|Cannot index"),
        ("delpaths([.])", "Path must be specified"), ("setpath(.; 1)", "Path must be specified"),
        (#"getpath(["a"])"#, "Cannot index"), ("range(.)", "Range bounds"),
        ("explode | .[0] = $d | implode", "numeric|implode|codepoint"),
        ("1 | splits($d)", "cannot be matched"),
        ("1 | ltrimstr($d) | startswith($d)", "startswith() requires"),
        ("flatten", "iterate over"),
        ("tojson | .a", #"Cannot index string with string "a"|Cannot index string with "a""#),
        ("error", "not shown"), (#"error("x: " + .)"#, "not shown"),
        (#"error("Invalid literal at " + .)"#, "not shown"), (#"error("bad: \(.)!")"#, "bad: …!"),
        (#"error("bad: \(.)!" + .)"#, "not shown"), ("error([.])", "no text"),
        ("error({a: .})", "no text"), (#"error("plain")"#, "plain"), (".[$d:]", "slice"),
    ]

    @Test("no failure repeats a value of its document, but to those who have it")
    func errors() throws {
        let document = #""note: Jane Doe, card 4111111111111111""#
        let programs = Self.failing.map { Program(". as $d | " + $0.0) }
        try withPool(programs) { pool in
            for (number, (program, says)) in Self.failing.enumerated() {
                let found = try await pool.evaluate(question(UInt32(number), document))
                guard case .failed(let words) = found else {
                    Issue.record("\(program) did not fail: \(found)")
                    continue
                }
                let isSaid = says.split(separator: "|").contains { words.contains($0) }
                #expect(isSaid, "\(program) says: \(words)")
                for part in ["note", "Jane", "411"] { #expect(!words.contains(part), "\(program)") }
            }
            for program in ["fromjson", "error", "error({a: .})", ". + 1", "format($d)"] {
                let number = Self.failing.firstIndex { $0.0 == program } ?? 0
                let found = try await pool.evaluate(
                    question(UInt32(number), document, showsValues: true))
                guard case .failed(let words) = found, words.contains("note: Jane") else {
                    Issue.record("\(program) is not told whole: \(found)")
                    continue
                }
            }
        }
    }

    @Test("a program that is told nothing of its context finds null there")
    func noContext() throws {
        try withPool([Program("[$ctx, .]")]) { pool in
            let told = try await pool.evaluate(question(0, "1", context: "{}"))
            #expect(told == .changed("[{},1]"))
            let untold = try await pool.evaluate(question(0, "1", context: ""))
            #expect(untold == .changed("[null,1]"))
            let again = try await pool.evaluate(question(0, "1", context: "{}"))
            #expect(again == .changed("[{},1]"))
        }
    }

    @Test("a rule that is not meant leaves the document alone")
    func conditions() throws {
        let programs = [
            Program("1", when: "$ctx.tool == \"get\""), Program("1", when: "empty"),
            Program("1", when: ".a, false"), Program("1", when: "error(\"no\")"),
        ]
        try withPool(programs) { pool in
            func ask(
                _ rule: UInt32, _ tool: String, _ document: String
            ) async throws -> Finding {
                try await pool.evaluate(
                    question(rule, document, context: #"{"tool":"\#(tool)"}"#))
            }
            let answer1 = try await ask(0, "get", "{}")
            #expect(answer1 == .changed("1"))
            let answer2 = try await ask(0, "put", "{}")
            #expect(answer2 == .unchanged)
            let answer3 = try await ask(1, "get", "{}")
            #expect(answer3 == .unchanged)
            let answer4 = try await ask(2, "get", #"{"a":0}"#)
            #expect(answer4 == .changed("1"))
            let answer5 = try await ask(2, "get", #"{"a":null}"#)
            #expect(answer5 == .unchanged)
            let answer6 = try await ask(3, "get", "{}")
            #expect(answer6 == .failed("no"))
        }
    }

    @Test("the JSON inside of a text is what the program gets, and a text is what comes of it")
    func inside() throws {
        let programs = [Program("if type == \"object\" then .a = 2 else \"x\" end")]
        try withPool(programs) { pool in
            func ask(_ document: String) async throws -> Finding {
                try await pool.evaluate(question(0, document, looksInside: true))
            }
            let answer7 = try await ask(#""{\"a\": 1}""#)
            #expect(answer7 == .changed(#""{\"a\":2}""#))
            let answer8 = try await ask(#"" {\"a\": 2}""#)
            #expect(answer8 == .unchanged)
            let answer9 = try await ask(#""plain""#)
            #expect(answer9 == .changed(#""x""#))
            let answer10 = try await ask(#""{broken""#)
            #expect(answer10 == .changed(#""x""#))
            let answer11 = try await ask(#""{\"a\":1,\"a\":1}""#)
            #expect(answer11 != .changed(#""x""#))
        }
    }

    @Test("the functions for results keep texts and structured content in step")
    func prelude() throws {
        let programs = [
            Program("texts(ascii_upcase)"), Program("data(del(.secret))"),
            Program("texts(inside(.n += 1))"),
            Program("data(with_entries(.value |= . | select(.value != null)))"),
        ]
        try withPool(programs) { pool in
            let texts = #"{"content":[{"type":"text","text":"a"},{"type":"image","data":"b"}]}"#
            let found1 = try await pool.evaluate(question(0, texts))
            #expect(
                found1
                    == .changed(
                        #"{"content":[{"type":"text","text":"A"},{"type":"image","data":"b"}]}"#))
            let found2 = try await pool.evaluate(question(0, #"{"content":3}"#))
            #expect(found2 == .unchanged)
            let data =
                #"{"structuredContent":{"secret":1,"n":2},"content":"#
                + #"[{"type":"text","text":"{\"secret\":1,\"n\":2}"},{"type":"text","text":"hi"}]}"#
            let found3 = try await pool.evaluate(question(1, data))
            #expect(
                found3
                    == .changed(
                        #"{"structuredContent":{"n":2},"content":"#
                            + #"[{"type":"text","text":"{\"n\":2}"},{"type":"text","text":"hi"}]}"#
                    ))
            let found4 = try await pool.evaluate(
                question(2, #"{"content":[{"type":"text","text":"[0]"}]}"#))
            #expect(found4 != .unchanged)
            // A `break` in the function must not be caught on the way.
            let empty = #"{"content":[{"type":"text","text":"{\"a\":null,\"b\":1}"}]}"#
            let found5 = try await pool.evaluate(question(3, empty))
            #expect(found5 == .changed(#"{"content":[{"type":"text","text":"{\"b\":1}"}]}"#))
        }
    }

    @Test("what libjq would change in silence is found before")
    func lossy() throws {
        try withPool([Program("."), Program(".b = 1")]) { pool in
            for document in [#"{"a":1,"a":2}"#, #""\ud800""#] {
                guard case .lossy = try await pool.evaluate(question(0, document)) else {
                    Issue.record("\(document) was not found lossy")
                    continue
                }
            }
            let finding = try await pool.evaluate(question(1, #"{"a":9007199254740993}"#))
            switch finding {
            case .lossy: break
            default: #expect(finding == .changed(#"{"a":9007199254740993,"b":1}"#))
            }
        }
    }

    @Test("a program that is none is refused with its line, and the others are not blamed")
    func refused() throws {
        let programs = [
            Program("."), Program(".a |\n  nothing(1)"), Program("(.", when: "."),
            Program(".", when: "\n\n$missing"),
        ]
        try withPool(programs) { pool in
            let refusals = try await pool.refusals()
            #expect(refusals.map(\.rule) == [1, 2, 3])
            #expect(refusals.map(\.part) == [.program, .program, .condition])
            #expect(refusals[0].line == 2)
            #expect(refusals[0].reason.contains("nothing/1"))
            #expect(refusals[2].line == 3)
            await #expect(throws: Failure.self) { try await pool.evaluate(question(0, "1")) }
        }
    }
}
