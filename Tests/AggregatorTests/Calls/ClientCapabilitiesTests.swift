import Aggregator
import Testing
import Wire

@Suite struct ClientCapabilitiesTests {
    private func read(_ json: String) throws -> ClientCapabilities {
        ClientCapabilities(try Value(validating: Array(json.utf8)))
    }

    @Test(
        "elicitation is form mode unless something else is said",
        arguments: [
            (#"{"elicitation":{}}"#, true, false), (#"{"elicitation":{"form":{}}}"#, true, false),
            (#"{"elicitation":{"url":{}}}"#, false, true),
            (#"{"elicitation":{"form":{},"url":{}}}"#, true, true), ("{}", false, false),
        ])
    func elicitation(json: String, form: Bool, url: Bool) throws {
        let capabilities = try read(json)
        #expect(capabilities.elicitationForm == form)
        #expect(capabilities.elicitationURL == url)
    }

    @Test("what is offered on keeps its bytes, but for tasks")
    func offered() throws {
        let capabilities = try read(
            #"{"x":{"b":1.0, "a":[ ]},"tasks":{"list":{}},"sampling":{"tools":{}},"é\n":{}}"#)
        #expect(
            String(decoding: capabilities.offered, as: UTF8.self)
                == #"{"x":{"b":1.0, "a":[ ]},"sampling":{"tools":{}},"é\n":{}}"#)
        #expect(capabilities.sampling && capabilities.samplingTools && !capabilities.roots)
    }

    @Test("what is no object offers nothing", arguments: ["5", "[]", "null", "\"x\""])
    func odd(json: String) throws {
        #expect(try read(json).offered == Array("{}".utf8))
        #expect(try read(json) == ClientCapabilities.none)
    }
}
