import Testing
import Wire

@testable import Fronts

@Suite struct AcceptedTests {
    @Test(
        "types are taken as they are listed, by family or all at once",
        arguments: [
            ("application/json, text/event-stream", true, true), ("*/*", true, true),
            ("APPLICATION/JSON;q=0.9,text/*", true, true), ("application/json", true, false),
            ("text/event-stream", false, true), ("application/json;q=0, */*;q=0.0", false, false),
            ("", false, false), ("application/*;q=0.1", true, false),
        ])
    func takes(accept: String, json: Bool, events: Bool) throws {
        let fields = try Request.head(["Host: a", "Accept: \(accept)"]).fields
        #expect(Accepted(fields).takes("application/json") == json)
        #expect(Accepted(fields).takes("text/event-stream") == events)
    }

    @Test(
        "a body is of the type that its field says, whatever its parameters",
        arguments: [
            ("application/json", true), ("Application/JSON; charset=utf-8", true),
            ("text/plain", false), ("application/jsonx", false),
        ])
    func type(content: String, isJSON: Bool) throws {
        let fields = try Request.head(["Host: a", "Content-Type: \(content)"]).fields
        #expect(Accepted.isOfType("application/json", fields) == isJSON)
    }
}
