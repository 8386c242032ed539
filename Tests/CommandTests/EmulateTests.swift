import Machine
import Testing
import Wire

@testable import manifold

@Suite struct EmulateTests {
    private func hint(_ yaml: String) throws -> String {
        EmulatorFile.hint(try YAML.parse(Array(yaml.utf8)), "x.yaml")
    }

    @Test("a file for 'serve' is known by its sections, and no other is taken for one")
    func hints() throws {
        let hint = try hint("server: { name: x }\nupstreams: {}\n")
        #expect(hint.hasPrefix("'x.yaml' is a configuration of 'manifold serve'."))
        #expect(hint.contains("runtimes:"))
        #expect(try self.hint("runtimes: {}\nserver: {}\n") == "")
        #expect(try self.hint("rutimes: {}\n") == "")
        #expect(try self.hint("[]\n") == "")
    }
}
