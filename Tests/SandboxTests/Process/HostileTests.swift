import Aggregator
import Plugins
import Sandbox
import Testing

/// A program that means harm, and what is to come of it.
struct Hostile: Sendable, CustomTestStringConvertible {
    let program: String
    let document: String
    let ends: [End]

    enum End: Sendable {
        /// It is stopped at its deadline.
        case late
        /// Its worker ends, for want of memory or by a fault of libjq.
        case fallen
        /// The program fails, in words that have this.
        case failed(String)
        /// Nothing comes of it that anybody would notice.
        case harmless
    }

    init(_ program: String, over document: String = "1", _ ends: End...) {
        self.program = program
        self.document = document
        self.ends = ends
    }

    var testDescription: String { program }

    /// Versions of libjq differ in whether memory or time ends a program first.
    static let all: [Hostile] = [
        Hostile("def f: f; f", .late), Hostile("def f: 1 + f; f", .late, .fallen, .failed("")),
        Hostile("[range(infinite)]", .late, .fallen), Hostile("last(repeat(.))", .late),
        Hostile("[range(1e9)]", .late, .fallen),
        Hostile("\"x\" * 1e9", .late, .fallen, .failed("")),
        Hostile("reduce range(40) as $i (\"ab\"; . + .)", .late, .fallen, .failed("")),
        Hostile("[limit(100; repeat(\"x\" * 1000000))]", .late, .fallen, .harmless),
        Hostile(
            "reduce range(100000) as $i (0; [.]) | tojson", .late, .fallen, .failed(""), .harmless),
        Hostile("reduce range(100000) as $i (0; [.])", .late, .fallen, .failed(""), .harmless),
        Hostile(
            "[.[] | test(\"^(a+)+$\")]", over: #"["\#(String(repeating: "a", count: 60))!"]"#,
            .late,
            .failed(""), .harmless),
        Hostile(
            "test(\"(x+x+)+y\")", over: #""\#(String(repeating: "x", count: 4000))""#, .late,
            .failed(""),
            .harmless),
        Hostile("[1114112] | implode", .fallen, .failed(""), .harmless),
        Hostile("[-1] | implode", .fallen, .failed(""), .harmless),
        Hostile("[55296, 57343] | implode", .fallen, .failed(""), .harmless),
        Hostile("setpath([1e9]; 1)", over: "[]", .late, .fallen, .failed("")),
        Hostile(".[1000000000] = 1", over: "[]", .late, .fallen, .failed("")),
        Hostile("tojson | fromjson", over: "[[[[[1]]]]]", .harmless),
        Hostile("$ENV", .harmless), Hostile("env", .harmless),
        Hostile("input", .failed("")), Hostile("[inputs]", .harmless), Hostile("debug", .harmless),
        Hostile("input_filename", .harmless), Hostile("stderr", .harmless),
        Hostile("halt", .failed("halted")), Hostile("\"bye\" | halt_error", .failed("halted")),
        Hostile("$__loc__", .harmless), Hostile("get_search_list", .harmless, .failed("")),
        Hostile("@sh \"\\(\"$(touch /tmp/x)\")\"", .harmless),
        Hostile("now | localtime | strftime(\"%Z\")", .harmless),
        Hostile("\"\\(1, 2)\"", .harmless), Hostile("splits(\"a\")", over: #""bab""#, .harmless),
        Hostile("ltrimstr(1)", .harmless, .failed("")),
        Hostile("getpath([\"a\", 0])", over: "{}", .harmless),
        Hostile("[.[] as [$a] | $a]", over: "[[1]]", .harmless),
        Hostile("error(null)", .failed(""), .harmless),
        Hostile("[splits(\"\")] | length", over: #""abc""#, .late, .fallen, .failed(""), .harmless),
        Hostile("@base32d", over: #""!!!""#, .failed(""), .harmless),
        Hostile("infinite, nan | tojson", .harmless),
        Hostile(
            "[range(300000)] | map(tostring) | sort | group_by(.) | length", .late, .fallen,
            .harmless),
    ]
}

@Suite(.serialized, .timeLimit(.minutes(5))) struct HostileTests {
    @Test("a program that means harm ends in an error of its own, and the next call is served")
    func corpus() throws {
        let programs = Hostile.all.map { Program($0.program) } + [Program(".")]
        try withPool(programs, deadline: .milliseconds(400)) { pool in
            for (index, hostile) in Hostile.all.enumerated() {
                let end = await Self.end(of: question(UInt32(index), hostile.document), in: pool)
                #expect(hostile.ends.contains { $0.admits(end) }, "\(hostile.program): \(end)")
                let last = question(UInt32(Hostile.all.count), "{}")
                let found1 = try await pool.evaluate(last)
                #expect(found1 == .unchanged, "after \(hostile.program)")
            }
        }
    }

    @Test("nothing of ours can be seen from a program")
    func leaks() throws {
        let programs = [
            "$ENV", "env", "[$ENV, env] | tostring", "$__prog_args?", "get_search_list",
        ]
        for program in programs {
            try withPool([Program("tojson"), Program(program)]) { pool in
                guard case .changed(let json) = try? await pool.evaluate(question(1, "1")) else {
                    return
                }
                let text = String(decoding: json, as: UTF8.self)
                #expect(!text.contains("HOME") && !text.contains("PATH"), "\(program): \(text)")
            }
        }
    }

    private static func end(of question: Question, in pool: Pool) async -> String {
        do throws(Failure) {
            switch try await pool.evaluate(question) {
            case .failed(let reason): return "failed: \(reason)"
            case .unchanged, .changed, .empty, .many: return "harmless"
            case .lossy(let reason): return "lossy: \(reason)"
            }
        } catch {
            return error.message
        }
    }
}

extension Hostile.End {
    fileprivate func admits(_ end: String) -> Bool {
        switch self {
        case .late: end.contains("took longer than")
        case .fallen: end.contains("its worker was ended (")
        case .failed(let words): end.hasPrefix("failed: ") && (words.isEmpty || end.contains(words))
        case .harmless: end == "harmless"
        }
    }
}
