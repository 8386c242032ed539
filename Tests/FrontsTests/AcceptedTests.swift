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
            (",, Text / * ;level=1,application/json ; Q=0", false, true),
            ("application/jsonx, text/event-strea, */", false, false),
            ("application/json;q=0.05;x, text/event-stream; q = 0.00;x=1", true, false),
        ])
    func takes(accept: String, json: Bool, events: Bool) throws {
        let fields = try Request.head(["Host: a", "Accept: \(accept)"]).fields
        #expect(Accepted(fields).takes(.json) == json)
        #expect(Accepted(fields).takes(.events) == events)
    }

    @Test(
        "a type is named where it is listed by itself, and not refused",
        arguments: [
            ("application/json, text/event-stream", true), ("application/json", false),
            ("*/*, text/*", false), ("TEXT/Event-Stream;q=0.1", true),
            ("text/event-stream;q=0", false), ("text/event-streams", false),
        ])
    func names(accept: String, events: Bool) throws {
        let fields = try Request.head(["Host: a", "Accept: */*", "Accept: \(accept)"]).fields
        #expect(Accepted(fields).names(.events) == events)
    }

    @Test(
        "a body is of the type that its field says, whatever its parameters",
        arguments: [
            ("application/json", true), ("Application/JSON; charset=utf-8", true),
            ("text/plain", false), ("application/jsonx", false),
        ])
    func type(content: String, isJSON: Bool) throws {
        let fields = try Request.head(["Host: a", "Content-Type: \(content)"]).fields
        #expect(Accepted.isOfType(.json, fields) == isJSON)
    }
}
