import Aggregator
import Machine
import Testing
import Wire
import manifold

@Suite struct MergeTests {
    @Test("of an entry that is there only what starts us is changed")
    func owned() throws {
        let merge = try merge(
            """
            {
              "servers": {
                "manifold": { // mine
                  "command": "manifold",
                  "args": ["serve", "--config", "/old.yaml", "--log-file", "/l"], // logged
                  "env": { "API_KEY": "k", "NO_COLOR": 1 }, // not asked for
                  "dev": {},
                }
              }
            }
            """, variables: "${env:API_KEY} ${env:ZONE}")
        #expect(
            string(merge.bytes) == """
                {
                  "servers": {
                    "manifold": { // mine
                      "command": "/bin/manifold",
                      "args": ["serve", "--config", "/m.yaml", "--log-file", "/l"], // logged
                      "env": { "API_KEY": "k", "NO_COLOR": 1,
                        "ZONE": "${input:manifold-ZONE}"
                      }, // not asked for
                      "dev": {},
                      "type": "stdio"
                    }
                  },
                  "inputs": [
                    {
                      "type": "promptString",
                      "id": "manifold-ZONE",
                      "description": "ZONE for manifold"
                    }
                  ]
                }
                """)
        #expect(merge.notes.isEmpty)
    }

    @Test(
        "further arguments stay where they are ours",
        arguments: [
            (#"["serve"]"#, #"["serve","--config","/m.yaml"]"#, true),
            (#"["serve","--http","h:1"]"#, #"["serve","--http","h:1","--config","/m.yaml"]"#, true),
            (#"["serve","--config=/o","-x"]"#, #"["serve","--config=/m.yaml","-x"]"#, true),
            (#"["serve","--config"]"#, #"["serve","--config","/m.yaml"]"#, true),
            (#"["serve","--config","/m.yaml"]"#, #"["serve","--config","/m.yaml"]"#, true),
            (#"[]"#, #"["serve","--config","/m.yaml"]"#, true),
            (#"["-y","a-server"]"#, #"["serve","--config","/m.yaml"]"#, false),
        ])
    func arguments(old: String, new: String, isOurs: Bool) throws {
        let merge = try merge(#"{"servers":{"manifold":{"args":\#(old)}}}"#)
        let args = try Value(validating: merge.bytes)["servers"]?["manifold"]?["args"]
        #expect(string(JSONWriter.compact(try #require(args))) == new)
        #expect(merge.notes.isEmpty == isOurs)
    }

    @Test("what a file of variables may say is not asked for")
    func environmentFile() throws {
        let merge = try merge(
            #"{"servers":{"manifold":{"envFile":".env"}}}"#, variables: "${env:API_KEY}")
        #expect(!string(merge.bytes).contains("API_KEY"))
        #expect(merge.notes == ["set API_KEY in the 'envFile' of the entry, or in its 'env'"])
    }

    @Test("members of a server at a URL are named")
    func remote() throws {
        let merge = try merge(#"{"servers":{"manifold":{"url":"http://h","headers":{}}}}"#)
        #expect(merge.notes.count == 1 && merge.notes[0].contains("'url' and 'headers'"))
    }

    @Test("Claude's entry keeps what its owner wrote, too")
    func claude() throws {
        let existing =
            #"{"mcpServers":{"manifold":{"command":"x","args":["serve"],"env":{"A":"1"}}}}"#
        let merge = try installation("${env:A} ${env:B}")
            .merged(intoClaude: Array(existing.utf8))
        let entry = try Value(validating: merge.bytes)["mcpServers"]?["manifold"]
        let env = try #require(entry?["env"])
        #expect(string(JSONWriter.compact(env)) == #"{"A":"1","B":"${B}"}"#)
    }

    @Test(
        "where a name is there twice nothing is changed: nobody knows which one counts",
        arguments: [
            (#"{"servers":{},"servers":{"a":{}}}"#, "servers"),
            (#"{"servers":{"manifold":{},"manifold":{}}}"#, "manifold"),
            (#"{"servers":{"manifold":{"args":[],"\u0061rgs":[]}}}"#, "args"),
            (#"{"inputs":[],"inputs":[]}"#, "inputs"),
        ])
    func twice(existing: String, key: String) {
        let failure = #expect(throws: SetupFailure.self) {
            try installation("${env:A}").merged(intoCode: Array(existing.utf8))
        }
        #expect(
            failure?.description
                == "could not change the file: '\(key)' is there twice; take one of them out")
    }

    @Test("other names may be there twice")
    func elsewhere() throws {
        _ = try merge(#"{"servers":{"a":{},"a":{}},"x":1,"x":2}"#)
    }

    private func merge(_ existing: String, variables: String = "x") throws -> Merge {
        let merge = try installation(variables).merged(intoCode: Array(existing.utf8))
        #expect(try installation(variables).merged(intoCode: merge.bytes).bytes == merge.bytes)
        return merge
    }

    private func installation(_ value: String) throws -> Installation {
        try Installation(
            binary: "/bin/manifold", configuration: "/m.yaml",
            document: YAML.parse(Array("a: '\(value)'".utf8)))
    }

    private func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
