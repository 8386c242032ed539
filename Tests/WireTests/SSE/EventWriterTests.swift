import Testing
import Wire

@Suite("EventWriter")
struct EventWriterTests {
    private func written(_ body: (inout [UInt8]) -> Void) -> String {
        var bytes = utf8("before\n")
        body(&bytes)
        return text(bytes.dropFirst(7))
    }

    @Test("an event is its fields, its data and a blank line")
    func whole() {
        let event = ServerEvent(
            data: utf8("{}"), name: "message", id: "18", retry: .milliseconds(1500))
        #expect(
            written { EventWriter.append(event, to: &$0) }
                == "event: message\nid: 18\nretry: 1500\ndata: {}\n\n")
        #expect(
            written { EventWriter.append(to: &$0) { $0 += utf8("[1]") } } == "data: [1]\n\n")
        #expect(
            written { EventWriter.append(id: "", to: &$0) { _ in } } == "id: \ndata: \n\n")
    }

    @Test("data with line breaks becomes several lines")
    func lines() {
        #expect(
            written { EventWriter.append(to: &$0) { $0 += utf8("a\nb\r\nc\rd\n") } }
                == "data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n")
    }

    @Test("a comment with line breaks stays a comment")
    func comments() {
        #expect(written { EventWriter.append(to: &$0) } == ":\n\n")
        #expect(
            written { EventWriter.append(comment: "a\ndata: b", to: &$0) } == ":a\n:data: b\n\n")
    }

    @Test("a name or an id with a line break stops the program")
    func injection() async {
        await #expect(processExitsWith: .failure) {
            var bytes: [UInt8] = []
            EventWriter.append(name: "a\ndata: b", to: &bytes) { _ in }
        }
        await #expect(processExitsWith: .failure) {
            var bytes: [UInt8] = []
            EventWriter.append(id: "a\rb", to: &bytes) { _ in }
        }
    }

    @Test("what was written is read again")
    func roundTrip() throws {
        let events = [
            ServerEvent(data: utf8("{\"a\":\"é\"}"), name: "message", id: "1"),
            ServerEvent(data: utf8("a\nb\n\nc"), retry: .seconds(3)),
            ServerEvent(data: [], id: "x"),
            ServerEvent(data: [0], name: "\0"),
        ]
        var bytes: [UInt8] = []
        for event in events {
            EventWriter.append(comment: "keep\nalive", to: &bytes)
            EventWriter.append(event, to: &bytes)
        }
        var parser = EventParser()
        var found: [ServerEvent] = []
        var at = 0
        while let event = try parser.next(bytes.span, from: &at) { found.append(event) }
        #expect(found == events)
    }
}
