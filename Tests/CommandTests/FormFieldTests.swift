import Testing
import Wire

@testable import manifold

@Suite struct FormFieldTests {
    private func field(_ schema: String, isRequired: Bool = true) throws -> FormField {
        FormField("f", try Value(validating: Array(schema.utf8)), isRequired: isRequired)
    }

    private func value(_ typed: String, _ schema: String, isRequired: Bool = true) throws -> String?
    {
        try field(schema, isRequired: isRequired).value(of: typed)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "typed text becomes a value of the field's type",
        arguments: [
            (#"{"type":"string"}"#, "a \"b\"", #""a \"b\"""#),
            (#"{"type":"integer"}"#, "-12", "-12"),
            (#"{"type":"number"}"#, "1.50", "1.50"),
            (#"{"type":"boolean"}"#, "Yes", "true"),
            (#"{"type":"string","enum":["10","20"]}"#, "20", #""20""#),
            (#"{"type":"string","enum":["10","20"]}"#, "2", #""20""#),
            (#"{"type":"string","enum":["r"],"enumNames":["Red"]}"#, "Red", #""r""#),
            (#"{"type":"string","oneOf":[{"const":"r","title":"Red"}]}"#, "1", #""r""#),
            (#"{"type":"array","items":{"enum":["a","b"]}}"#, "b, 1, b", #"["b","a"]"#),
            (#"{"type":"array","items":{"anyOf":[{"const":"a","title":"A!"}]}}"#, "A!", #"["a"]"#),
        ])
    func values(schema: String, typed: String, json: String) throws {
        #expect(try value(typed, schema) == json)
    }

    @Test(
        "what does not fit is refused with the reason",
        arguments: [
            (#"{"type":"integer"}"#, "1.5", "it must be a whole number"),
            (#"{"type":"integer","minimum":2}"#, "1", "it must be at least 2"),
            (#"{"type":"number","maximum":2.5}"#, "3", "it must be at most 2.5"),
            (#"{"type":"number"}"#, "\"1\"", "it must be a number"),
            (#"{"type":"boolean"}"#, "maybe", "it must be 'yes' or 'no'"),
            (#"{"type":"string","minLength":2}"#, "a", "it must have at least 2 characters"),
            (#"{"type":"string","enum":["a"]}"#, "2", "it must be one of the list, or its number"),
            (
                #"{"type":"array","minItems":2,"maxItems":3,"items":{"enum":["a"]}}"#, "a",
                "choose 2 to 3"
            ),
            (#"{"type":"string"}"#, "", "a value is needed"),
        ])
    func faults(schema: String, typed: String, reason: String) throws {
        let field = try field(schema)
        #expect(throws: FormField.Fault(reason: reason)) { try field.value(of: typed) }
    }

    @Test("nothing typed means the default, or leaves an optional field out")
    func empty() throws {
        #expect(try value("", #"{"type":"integer","default":3}"#) == "3")
        #expect(try value("", #"{"type":"string"}"#, isRequired: false) == nil)
    }

    @Test("fields come in the order of the schema, and prompts hold no control characters")
    func prompts() throws {
        let schema = try Value(
            validating: Array(
                #"{"properties":{"z":{"title":"Z\u001b"},"a":{"type":"boolean","default":false}},"required":["z"]}"#
                    .utf8))
        let fields = FormField.all(of: schema)
        #expect(fields.map(\.name) == ["z", "a"])
        #expect(fields.map(\.prompt) == ["  Z\\x1b: ", "  a yes/no [no]: "])
    }
}
