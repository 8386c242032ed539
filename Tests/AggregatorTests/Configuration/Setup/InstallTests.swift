import Aggregator
import Machine
import Testing
import Wire
import manifold

@Suite struct InstallTests {
    @Test("a new file for VS Code asks for every variable, for secrets hidden")
    func code() throws {
        let text = string(try installation("${env:API_KEY} ${env:ZONE:-eu} ${env:HOME}").codeFile)
        #expect(
            text == """
                {
                  "servers": {
                    "manifold": {
                      "type": "stdio",
                      "command": "/opt/mani fold",
                      "args": [
                        "serve",
                        "--config",
                        "/h/50%/m.yaml"
                      ],
                      "env": {
                        "API_KEY": "${input:manifold-API_KEY}",
                        "ZONE": "${input:manifold-ZONE}"
                      }
                    }
                  },
                  "inputs": [
                    {
                      "type": "promptString",
                      "id": "manifold-API_KEY",
                      "description": "API_KEY for manifold",
                      "password": true
                    },
                    {
                      "type": "promptString",
                      "id": "manifold-ZONE",
                      "description": "ZONE for manifold",
                      "default": "eu"
                    }
                  ]
                }

                """)
    }

    @Test("the folder of the workspace is passed without a question")
    func folder() throws {
        let text = string(try installation("${env:WORKSPACE_FOLDER}").codeFile)
        #expect(text.contains(#""WORKSPACE_FOLDER": "${workspaceFolder}""#))
        #expect(!text.contains("inputs"))
    }

    @Test("what Claude cannot know is named, not dropped")
    func omissions() throws {
        let folder = try installation("${env:WORKSPACE_FOLDER} ${env:KEY} ${env:HOME}")
        #expect(folder.claudeOmissions == ["WORKSPACE_FOLDER"])
        #expect(try installation("${env:KEY}").claudeOmissions.isEmpty)
    }

    @Test(
        "an existing file keeps its other bytes, comments and trailing commas",
        arguments: [
            (
                "{\n\t\"servers\": {\n\t\t\"a\": {}, // first\n\t\t\"b\": { \"x\": [1,], }, // last\n\t},\n}\n",
                "{\n\t\"servers\": {\n\t\t\"a\": {}, // first\n\t\t\"b\": { \"x\": [1,], }, // last\n\t\tNEW\n\t},\n}\n"
            ),
            (
                "{\n\t\"servers\": {\n\t\t\"a\": {} // only\n\t}\n}\n",
                "{\n\t\"servers\": {\n\t\t\"a\": {}, // only\n\t\tNEW\n\t}\n}\n"
            ),
            ("{\"servers\":{\"a\":{}}}", "{\"servers\":{\"a\":{},\n  NEW\n}}"),
            (
                "{\r\n  \"servers\": {\r\n    /* x */ \"manifold\": { \"old\": 1 } // keep\r\n  }\r\n}",
                "{\r\n  \"servers\": {\r\n    /* x */ NEW // keep\r\n  }\r\n}"
            ),
            ("// hi\n{ // c\n}\n", "// hi\n{ // c\n  \"servers\": {\n    NEW\n  }\n}\n"),
        ])
    func merge(existing: String, expected: String) throws {
        let merged = try installation("x").merged(intoCode: Array(existing.utf8)).bytes
        #expect(withoutEntry(merged) == expected)
        #expect(try installation("x").merged(intoCode: merged).bytes == merged)
    }

    @Test("an input that is already there is not added again")
    func inputs() throws {
        let existing = #"{ "inputs": [ { "id": "manifold-API_KEY", "mine": 1 } ] }"#
        let merged = string(
            try installation("${env:API_KEY}").merged(intoCode: Array(existing.utf8)).bytes)
        #expect(merged.hasPrefix(#"{ "inputs": [ { "id": "manifold-API_KEY", "mine": 1 } ],"#))
        #expect(!merged.contains("promptString"))
    }

    @Test(
        "a file that cannot be changed is refused",
        arguments: ["[]", "{", "{ \"servers\": [] }", "{ \"inputs\": {} }"])
    func refused(text: String) {
        #expect(throws: SetupFailure.self) {
            try installation("${env:A}").merged(intoCode: Array(text.utf8))
        }
    }

    @Test(
        "a file that is no JSON is refused with the line of the mistake",
        arguments: [("{\n  // it\n  \"servers\": {},\n  oops\n}\n", 4), ("{", 1), ("{\n}}\n", 2)])
    func broken(text: String, line: Int) {
        let failure = #expect(throws: SetupFailure.self) {
            try installation("x").merged(intoCode: Array(text.utf8))
        }
        let words = "could not read the file as JSON: line \(line): "
        #expect(failure?.description.hasPrefix(words) == true)
    }

    @Test("the link and the command carry the same object")
    func link() throws {
        let installation = try installation("${env:TOKEN}")
        #expect(
            installation.codeCommand == #"""
                code --add-mcp '{"name":"manifold","type":"stdio","command":"/opt/mani fold",\#
                "args":["serve","--config","/h/50%/m.yaml"],\#
                "env":{"TOKEN":"${input:manifold-TOKEN}"},\#
                "inputs":[{"type":"promptString","id":"manifold-TOKEN",\#
                "description":"TOKEN for manifold","password":true}]}'
                """#)
        #expect(
            installation.codeLink.hasPrefix(
                "vscode:mcp/install?%7B%22name%22%3A%22manifold%22%2C%22type%22%3A%22stdio%22"))
        // VS Code decodes twice: a percent sign must not be left after decoding once.
        #expect(installation.codeLink.contains("%2Fh%2F50%5Cu0025%2Fm.yaml"))
    }

    @Test("Claude gets the variables from the shell, or by its own expansion")
    func claude() throws {
        let installation = try installation("${env:TOKEN} ${env:ZONE:-eu}")
        #expect(
            installation.claudeCommand == """
                claude mcp add --env TOKEN="$TOKEN" --env ZONE="$ZONE" --scope user manifold -- \
                '/opt/mani fold' serve --config /h/50%/m.yaml
                """)
        let text = string(try installation.claudeFile)
        #expect(text.hasPrefix("{\n  \"mcpServers\": {\n    \"manifold\": {\n"))
        #expect(text.contains(#""TOKEN": "${TOKEN}""#) && text.contains(#""ZONE": "${ZONE:-eu}""#))
    }

    @Test("both paths must be absolute")
    func absolute() {
        #expect(throws: SetupFailure.self) {
            try Installation(binary: "manifold", configuration: "/x", document: try document("x"))
        }
    }

    @Test(
        "a secret is known by its name",
        arguments: [
            ("API_KEY", true), ("GITHUB_TOKEN", true), ("DBPASSWORD", true),
            ("CLIENT_SECRET", true),
            ("GITHUB_PAT", true), ("APIKEY", true), ("AUTH_HEADER", true), ("REGION", false),
            ("PATH", false), ("KEYBOARD", false), ("AUTHOR", false), ("apiToken", true),
        ])
    func secrets(name: String, isSecret: Bool) {
        #expect(Installation.isSecret(name) == isSecret)
    }

    private func installation(_ value: String) throws -> Installation {
        try Installation(
            binary: "/opt/mani fold", configuration: "/h/50%/m.yaml", document: document(value))
    }

    private func document(_ value: String) throws -> Node {
        try YAML.parse(Array("a: '\(value)'".utf8))
    }

    private func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// A merged file in which `NEW` stands for our entry, key included where it is ours.
    private func withoutEntry(_ merged: [UInt8]) -> String {
        let text = string(merged)
        guard let start = text.firstRange(of: "\"manifold\": {"),
            let end = text[start.upperBound...].firstRange(of: "]"),
            let close = text[end.upperBound...].firstIndex(of: "}")
        else { return text }
        return text[..<start.lowerBound] + "NEW" + text[text.index(after: close)...]
    }
}
