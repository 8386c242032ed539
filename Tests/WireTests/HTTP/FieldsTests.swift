import Testing

@testable import Wire

@Suite("Fields")
struct FieldsTests {
    private func lines(_ fields: Fields) -> [String] {
        fields.map { "\($0.name.text): \($0.value.text)" }
    }

    @Test("fields keep their order and spelling and are found without regard to case")
    func lookUp() {
        var fields: Fields = ["x-TRACE": "1", .contentType: "application/json"]
        fields.append("X-Trace", "2")
        #expect(
            lines(fields) == ["x-TRACE: 1", "Content-Type: application/json", "X-Trace: 2"])
        #expect(fields["X-trace"] == "1")
        #expect(fields.values(of: "x-trace").map(\.text) == ["1", "2"])
        #expect(fields["content-TYPE"] == "application/json")
        #expect(fields[.contentType]?.text == "application/json")
        #expect(fields["x-trac"] == nil)
        #expect(!fields.contains(.accept))
    }

    @Test("setting leaves one field, in the place of the first; setting nil leaves none")
    func setting() {
        var fields: Fields = ["a": "1", "B": "2", "A": "3", "c": "4"]
        fields["A"] = "5"
        #expect(lines(fields) == ["A: 5", "B: 2", "c: 4"])
        fields["d"] = "6"
        fields["b"] = nil
        fields["nobody"] = nil
        #expect(lines(fields) == ["A: 5", "c: 4", "d: 6"])
        fields.remove("C")
        #expect(fields == ["a": "5", "D": "6"])
        #expect(fields != ["D": "6", "a": "5"])
    }

    @Test("every known name is found in any case, and under no other name")
    func known() {
        let names = [
            FieldName.accept, .acceptEncoding, .allow, .authorization, .cacheControl, .connection,
            .contentEncoding, .contentLength, .contentType, .expect, .host, .lastEventId,
            .location, .mcpMethod, .mcpName, .mcpProtocolVersion, .mcpSessionId, .origin,
            .retryAfter, .traceparent, .tracestate, .transferEncoding, .userAgent,
            .wwwAuthenticate, .xAccelBuffering, "Date", "Keep-Alive", "Server", "Upgrade",
        ]
        var fields = Fields()
        for (index, name) in names.enumerated() { fields.append(name, FieldValue(index)) }
        for (index, name) in names.enumerated() {
            #expect(fields[name]?.text == String(index))
            for spelling in [name.text.lowercased(), name.text.uppercased(), name.text] {
                guard let same = FieldName(spelling) else { continue }
                #expect(same == name)
                #expect(same.hashValue == name.hashValue)
                #expect(same.text == spelling)
                #expect(fields.values(of: same).count == 1)
            }
            #expect(FieldName(name.text + "x") != name)
        }
    }

    @Test(
        "a name is a token",
        arguments: [
            "", " ", "a b", "a:", "a\r\n", "é", "a\0", "a(b)", String(repeating: "x", count: 257),
        ])
    func names(_ text: String) {
        #expect(FieldName(text) == nil)
    }

    @Test(
        "a value cannot hold a line break, a NUL or another control character",
        arguments: ["a\r\nX: y", "a\n", "\r", "\0", "a\u{7F}", "\u{B}", "a\u{1}b"])
    func values(_ text: String) {
        #expect(FieldValue(text) == nil)
    }

    @Test("a value may hold tabs and bytes outside ASCII; blanks at its ends are left out")
    func allowed() {
        #expect(FieldValue(utf8(" \ta\tb é "))?.text == "a\tb é")
        #expect(FieldValue([])?.text == "")
        #expect(FieldValue([0x80, 0xFF])?.bytes == [0x80, 0xFF])
        #expect(FieldValue(-12).text == "-12")
    }

    @Test("names that are written in the program stop it when they are none")
    func literals() async {
        await #expect(processExitsWith: .failure) { _ = "a b" as FieldName }
        await #expect(processExitsWith: .failure) { _ = "a\r\nb" as FieldValue }
    }

    @Test("fields that are set again and again do not grow")
    func growth() {
        var fields: Fields = ["a": "1"]
        for index in 0..<100_000 { fields["b"] = FieldValue(index) }
        #expect(lines(fields) == ["a: 1", "b: 99999"])
        #expect(fields.bytes.count < 4096)
    }
}
