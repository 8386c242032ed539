/// The text that libjq compiles: all rules as one program, because libjq 1.6 reads its own library
/// anew for each program, which takes it 16 ms.
///
/// It is started with `[rule, context, document]`, and runs the rule over the document.
enum ProgramText {
    /// The rule that touches what is made at first use, before processes are copied.
    static let warmUp = UInt32(Int32.max)

    /// Functions for rules; on one line, so that lines of programs can be counted.
    ///
    /// `try` is closed in brackets: libjq 1.6 catches with it what is thrown behind it, `break` included.
    static let prelude = """
        def texts(f): if (type == "object") and ((.content | type) == "array") then .content |= \
        map(if (type == "object") and .type == "text" and ((.text | type) == "string") then \
        .text |= f else . end) else . end; \
        def inside(f): . as $text | ([try fromjson catch null] | .[0]) as $found | \
        if ($found | type | . == "object" or . == "array") then $found | f | tojson \
        else $text end; \
        def data(f): (if (type == "object") and has("structuredContent") then \
        .structuredContent |= f else . end) | texts(inside(f)); \

        """

    /// One program of all rules.
    static func combined(_ programs: [Program]) -> String {
        var text = prelude + ".[0] as $rule__ | .[1] as $ctx | .[2] |\n"
        for (index, program) in programs.enumerated() {
            text += "def rule\(index)__: \(body(program));\n"
        }
        text += "if $rule__ == \(warmUp) then \(exercise)\n"
        for index in programs.indices { text += "elif $rule__ == \(index) then rule\(index)__\n" }
        return text + "else error(\"there is no such rule\") end"
    }

    /// One rule alone, to be told what is wrong with it; its text begins in the second line.
    static func alone(_ text: String) -> String {
        prelude + "null as $ctx | (\n\(text)\n)"
    }

    /// How many lines stand before the text in `alone`.
    static let linesBefore = 1

    private static func body(_ program: Program) -> String {
        guard let condition = program.condition else { return "(\n\(program.text)\n)" }
        return "if first((\n\(condition)\n), false) then (\n\(program.text)\n) else . end"
    }

    /// Regular expressions, sorting and time make tables at first use.
    private static let exercise = """
        ([range(300) | tostring] | sort | join(",") | test("^a|B$"; "i")), \
        (0 | todate | fromdate), (now | localtime | mktime)
        """
}

extension UInt8 {
    /// Whether the names and numbers of a program may have it, as jq reads them.
    var isInWords: Bool {
        switch self {
        case UInt8(ascii: "_"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
