import Aggregator
import Machine
import Testing
import Wire

@testable import manifold

@Suite struct ConfigurationTextTests {
    /// A file with this text, in a folder of its own.
    private func file(_ text: String) throws -> String {
        let folder = "/tmp/manifold-\(UInt64.random(in: 0...UInt64.max))"
        try File.makePrivateFolder(folder)
        let path = "\(folder)/manifold.yaml"
        try File.replace(path, with: Array(text.utf8))
        return path
    }

    @Test("an edit after the text was read is one that the watch will see")
    func stamp() throws {
        let path = try file("upstreams: {}\n")
        let loaded = try LoadedConfiguration.load(flag: path, Environment([]))
        #expect(loaded.files[path] == File.stamp(path))
        try File.replace(path, with: Array("upstreams: { }\n".utf8))
        #expect(loaded.files[path] != File.stamp(path))
    }

    @Test("what is no YAML is said with its line, and a file that is not there with its name")
    func broken() throws {
        let path = try file("upstreams:\n  a: [\n")
        let broken = #expect(throws: LoadError.self) { try ConfigurationText(.flag(path: path)) }
        #expect(broken?.text.contains("\(path):3:1") == true)
        let missing = #expect(throws: LoadError.self) {
            try ConfigurationText(.flag(path: path + "x"))
        }
        #expect(missing?.text.contains(path + "x") == true)
    }
}
