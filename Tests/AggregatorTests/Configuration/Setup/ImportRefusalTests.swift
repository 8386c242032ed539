import Aggregator
import Testing
import Upstreams
import manifold

/// What our decoder would refuse is not written, and said.
@Suite struct ImportRefusalTests {
    @Test("a nasty file becomes a configuration that is read")
    func nasty() throws {
        let text = #"""
            { "inputs": [{ "id": "u" }, { "id": "z" }], "servers": {
              "dup": { "command": "a" }, "ws": { "url": "wss://x/y" },
              "ftp": { "type": "http", "url": "ftp://x" }, "user": { "url": "https://u:${input:z}@h" },
              "env": { "command": "c", "env": { "A=B": "1", "": "2", "OK": "3", "OK": "4" } },
              "head": { "url": "https://h", "headers": { "Accept": "x", "a b": "y", "X": "${input:u}" } },
              "empty": { "command": "" }, "twice": { "command": "a", "command": "b" },
              "cwd": { "command": "a", "cwd": "" }, "urln": { "url": 5 },
              "port": { "url": "https://h:99999" }, "blank": { "url": "https://h/a b" },
              "open": { "command": "${workspaceFolder", "args": ["$${x}", "${env:A B}", 1e999] },
              "whole": { "url": "${input:u}" }, "part": { "url": "https://${input:u}/mcp" },
              "none": { "url": "${input:none}" }, "": { "command": "x" },
              "dup": { "command": "b" } } }
            """#
        let made = try Import(Array(text.utf8))
        let upstreams = try read(made.yaml, environment: ["U": "https://h"]).upstreams
            .filter { $0.name != "part" }
        #expect(upstreams.map(\.name) == ["env", "head", "open", "whole", "server", "dup"])
        let settings = upstreams.map(\.settings)
        #expect((settings[0] as? StdioSettings)?.env.map(\.name) == ["OK"])
        #expect((settings[0] as? StdioSettings)?.env.map(\.value?.value) == ["4"])
        #expect((settings[1] as? HTTPSettings)?.headers.map(\.name) == ["X"])
        #expect((settings[5] as? StdioSettings)?.command.value == "b")
        for name in ["dup", "ws", "ftp", "user", "empty", "twice", "cwd", "urln", "port"] {
            #expect(made.report.contains { $0.hasPrefix("server '\(name)' ") }, "\(name)")
        }
        for name in ["A=B", "", "Accept", "a b"] {
            #expect(made.report.contains { $0.contains(" '\(name)' is left out: ") }, "\(name)")
        }
        #expect(made.report.contains("input 'z' is not used and is left out"))
    }

    @Test("why a server is left out is said as 'check' would say it, without its values")
    func reason() throws {
        let made = try Import(Array(#"{"servers":{"a":{"url":"wss://u:hunter2@h"}}}"#.utf8))
        #expect(
            made.report == [
                "server 'a' is left out: 'url' of upstream 'a' must be a text that is an address: "
                    + "'http://…' or 'https://…', without a user name"
            ])
        #expect(try read(made.yaml).upstreams.isEmpty)
    }

    @Test("a file with two lists of servers is refused: nobody knows which one counts")
    func twice() {
        let text = #"{"servers":{},"x":1,"servers":{}}"#
        let failure = #expect(throws: SetupFailure.self) { try Import(Array(text.utf8)) }
        #expect(failure?.description == "could not import the file: 'servers' is there twice")
    }
}
