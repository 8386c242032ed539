import Aggregator
import Testing
import manifold

@Suite struct GeneratedFilesTests {
    @Test("the JSON Schema in config is the one that the shapes make")
    func schema() {
        let text = String(decoding: Schema.document(vocabulary), as: UTF8.self)
        #expect(isGenerated("config/manifold.schema.json", as: text))
    }

    @Test("the starter in config is what init writes")
    func starter() {
        #expect(isGenerated("config/manifold.yaml", as: Starter.text))
    }

    @Test("the tables of the README are the ones that the shapes make")
    func readme() throws {
        let tables = Schema.tables(vocabulary)
        let begin = "<!-- generated: keys -->\n"
        let end = "<!-- end of generated -->\n"
        let root = #filePath.split(separator: "/").dropLast(4).map { "/\($0)" }.joined()
        let readme = try #require(contents("\(root)/config/README.md"))
        let head = try #require(readme.firstRange(of: begin))
        let tail = try #require(readme.firstRange(of: end))
        let text = readme[..<head.upperBound] + tables + readme[tail.lowerBound...]
        #expect(isGenerated("config/README.md", as: String(text)))
    }

    @Test("the starter is a valid configuration, and init never overwrites")
    func starterIsValid() throws {
        #expect(try read(Starter.text) == Configuration())
        #expect(try Starter.write(to: "/x.yaml", exists: false) == Array(Starter.text.utf8))
        #expect(throws: Starter.Refusal.self) { try Starter.write(to: "/x.yaml", exists: true) }
    }

    @Test("the examples of upstreams are valid when only they are uncommented")
    func examples() throws {
        let lines = Starter.text.split(separator: "\n", omittingEmptySubsequences: false)
        let body = lines.map { line in
            line.hasPrefix("  # ") && line.dropFirst(4).first != " " || line.hasPrefix("  #   ")
                ? "  " + line.dropFirst(4) : line
        }
        let section = body.drop { $0 != "upstreams:" }.prefix { !$0.isEmpty }
        let configuration = try read(
            section.joined(separator: "\n"), environment: ["HOME": "/h", "NOTES_KEY": "k"])
        #expect(
            configuration.upstreams.map(\.name) == ["clock", "notes", "docs", "weather", "maths"])
    }

    @Test("every line that the starter comments out is valid when it is uncommented")
    func uncommented() throws {
        let lines = Starter.text.split(separator: "\n", omittingEmptySubsequences: false)
        let body = lines.drop { !$0.isEmpty }.map { line -> Substring in
            guard let hash = line.firstIndex(of: "#") else { return line }
            let rest = line[line.index(after: hash)...].dropFirst()
            let isKey = rest.contains(": ") || rest.hasSuffix(":") || rest.contains("- ")
            let isProse = rest.first?.isUppercase == true
            return isKey && !isProse ? line[..<hash] + rest : line
        }
        let text = body.joined(separator: "\n")
        let configuration = try read(
            text,
            environment: [
                "HOME": "/h", "NOTES_KEY": "k", "MANIFOLD_TOKEN": "t", "MANIFOLD_SEALING_KEY": "s",
                "TOKEN_KEY": String(repeating: "0", count: 64),
            ])
        #expect(
            configuration.upstreams.map(\.name) == ["clock", "notes", "docs", "weather", "maths"])
        #expect(configuration.inbound.bearer?.value == "t")
        #expect(
            configuration.plugins.map(\.kind) == [
                "audit", "access", "limit", "timeout", "tokenize", "redact", "integers", "pin",
                "schema", "hide", "rename",
            ])
        #expect(configuration.record != nil)
        #expect(configuration.upstreams[1].timeouts == Configuration.Timeouts())
        #expect(configuration.limits == Configuration.Limits())
    }
}
