import Testing
import Wire

@testable import manifold

@Suite struct CallArgumentsTests {
    private func json(_ words: [String], _ schema: String? = nil) throws -> String {
        let schema = try schema.map { try Value(validating: Array($0.utf8)) }
        return String(decoding: try CallArguments(words).json(for: schema), as: UTF8.self)
    }

    @Test("a JSON object is passed on as it is, without its line breaks")
    func object() throws {
        #expect(try json(["{\"a\": 1.0,\n \"a\":2}"]) == "{\"a\": 1.0, \"a\":2}")
        #expect(try json([]) == "{}")
    }

    @Test("pairs are read as the schema says, and as JSON where it says nothing")
    func pairs() throws {
        let schema = """
            {"properties":{"s":{"type":"string"},"n":{"type":"integer"},
             "e":{"type":["null","string"]},"o":{"type":"object"}}}
            """
        #expect(
            try json(["s=1", "n=2", "e=x=y", #"o={"a": 1}"#, "u=true", "w=word"], schema)
                == #"{"s":"1","n":2,"e":"x=y","o":{"a":1},"u":true,"w":"word"}"#)
    }

    @Test(
        "what is no argument is refused",
        arguments: [["word"], ["=x"], ["[1]"], ["{"], ["{} {}"], ["a=1", "b"], ["a=1", "a=2"]])
    func faults(words: [String]) {
        #expect(throws: CallArguments.Fault.self) { try CallArguments(words) }
    }

    @Test("a fault names where the JSON was given")
    func subjects() {
        func reason(_ json: String, as subject: String) -> String? {
            do throws(CallArguments.Fault) {
                _ = try CallArguments(json: Array(json.utf8), as: subject)
                return nil
            } catch {
                return error.reason
            }
        }
        let broken = reason("{x", as: "'--answer'")
        #expect(broken?.hasPrefix("'--answer' cannot be read as JSON: ") == true)
        #expect(reason("[]", as: "'--answer'") == "'--answer' must be a JSON object")
        #expect(throws: CallArguments.Fault(reason: "the arguments must be a JSON object")) {
            try CallArguments(["[]"])
        }
    }

    @Test("a value of the wrong type is refused by its name")
    func wrongType() {
        #expect(throws: CallArguments.Fault(reason: "'n' must be of type integer")) {
            try json(["n=x"], #"{"properties":{"n":{"type":"integer"}}}"#)
        }
    }
}
