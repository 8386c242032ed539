import Testing

@testable import Signing

@Suite struct INIFileTests {
    @Test("keys are in small letters, and what follows an inline sign is part of the value")
    func values() throws {
        let file = try INIFile(
            "# c\n[default]\n Region = us-east-1 # not a comment\n; c\nempty =\nx: y = z\n[b c]\na=1"
        )
        #expect(file.sections.map(\.name) == ["default", "b c"])
        #expect(file["default"]?.text("region") == "us-east-1 # not a comment")
        #expect(file["default"]?.text("empty") == "")
        #expect(file["default"]?.text("x") == "y = z")
        #expect(file["b c"]?.text("a") == "1")
    }

    @Test("indented lines below an empty value are keys of their own, below another a continuation")
    func nested() throws {
        let file = try INIFile(
            "[services s]\nsts =\n  endpoint_url = http://x\n\n  b=c\nd = e\n  f\n")
        #expect(file["services s"]?["sts"] == .nested(["endpoint_url": "http://x", "b": "c"]))
        #expect(file["services s"]?.text("d") == "e\nf")
    }

    @Test("the section DEFAULT holds everywhere")
    func common() throws {
        let file = try INIFile("[DEFAULT]\na=1\n[x]\nb=2\n[y]\na=3\n[DEFAULT]\nc=4\n")
        #expect(file.sections.count == 2)
        #expect(file["x"]?.text("a") == "1" && file["x"]?.text("c") == "4")
        #expect(file["y"]?.text("a") == "3")
    }

    @Test(
        "what Python's reader refuses is refused with its line",
        arguments: [
            ("a=1", 1), ("[x]\nnothing", 2), ("[x]\n[x]", 2), ("[x]\na=1\nA=2", 3),
            ("[x]\n=1", 2), ("[x]\na =\n  nothing\n", 3), ("\n[]", 2),
        ])
    func faults(text: String, line: Int) {
        let fault = #expect(throws: INIFile.Fault.self) { try INIFile(text) }
        #expect(fault?.line == line)
    }

    @Test("a file may be cut anywhere without a crash, and lines may end in any way")
    func cuts() throws {
        let text = "[a]\r\nb = c\r\n d = e\r\n[profile 'x y']\nq =\n  r = s\n"
        for count in 0...text.count { _ = try? INIFile(String(text.prefix(count))) }
        #expect(try INIFile(text)["a"]?.text("b") == "c\nd = e")
    }
}
