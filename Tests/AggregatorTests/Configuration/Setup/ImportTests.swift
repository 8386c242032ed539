import Aggregator
import Testing
import Upstreams
import manifold

@Suite struct ImportTests {
    private static let code = """
        {
          // mine
          "inputs": [
            { "type": "promptString", "id": "api-key", "description": "Key of the API", "password": true, },
            { "type": "promptString", "id": "zone", "default": "eu" }, { "id": "nope" }
          ],
          "servers": {
            "My Server": {
              "type": "stdio", "command": "npx",
              "args": ["-y", "@x/y", "${workspaceFolder}/a", "${config:z}", "--zone=${input:zone}"],
              "env": { "API_KEY": "${input:api-key}", "N": 5, "X": null, "W": "a\\nb\\u2028\\u2603\\ud83d\\ude00" },
              "cwd": "${userHome}/w", "envFile": "${workspaceFolder}/.env",
              "sandboxEnabled": true, "foo": 1,
            },
            "docs": { "type": "http", "url": "https://x/mcp", "headers": { "X-Key": "${input:api-key}" } },
            "my-server": { "command": "true" }, "empty": {}, /* no more */
          },
          "extra": 1
        }
        """

    @Test("VS Code's mcp.json becomes a configuration with the same meaning")
    func code() throws {
        let made = try Import(Array(Self.code.utf8))
        #expect(
            made.yaml == #"""
                # Converted by 'manifold import'.
                upstreams:
                  my-server-2:
                    title: "My Server"
                    stdio:
                      command: npx
                      args:
                        - "-y"
                        - "@x/y"
                        - "${env:WORKSPACE_FOLDER}/a"
                        - "$${config:z}"
                        - "--zone=${env:ZONE:-eu}"
                      env:
                        API_KEY: "${env:API_KEY}"
                        N: 5
                        X: null
                        W: "a\nb\u2028☃😀"
                      cwd: "${env:HOME}/w"
                      envFile: "${env:WORKSPACE_FOLDER}/.env"
                  docs:
                    http:
                      url: "https://x/mcp"
                      headers:
                        X-Key: "${env:API_KEY}"
                  my-server:
                    stdio:
                      command: "true"

                """#)
    }

    @Test("everything that was changed or left out is reported")
    func report() throws {
        #expect(
            try Import(Array(Self.code.utf8)).report == [
                "server 'My Server' is named 'my-server-2': a name has 1 to 20 lower-case letters, "
                    + "digits and '-'",
                "server 'My Server': 'sandboxEnabled' is left out; it runs without its sandbox",
                "server 'My Server': 'foo' is left out",
                "server 'empty' has no 'command' and no 'url' and is left out",
                "left out at the top of the file: 'extra'",
                "set API_KEY in manifold's environment: Key of the API (it was ${input:api-key}; it "
                    + "is a secret)",
                "set ZONE in manifold's environment (it was ${input:zone})",
                "input 'nope' is not used and is left out",
                "set WORKSPACE_FOLDER: the folder that '${workspaceFolder}' stood for",
                "'${config:z}' has no equivalent and is kept as it is written; replace it by hand",
            ])
    }

    @Test("what was converted is read by our decoder, value for value")
    func roundTrip() throws {
        let made = try Import(Array(Self.code.utf8), workspaceFolder: "/w")
        let environment = ["API_KEY": "k", "HOME": "/h"]
        let upstreams = try read(made.yaml, environment: environment).upstreams
        let settings = try #require(upstreams.first?.settings as? StdioSettings)
        #expect(settings.args.map(\.value) == ["-y", "@x/y", "/w/a", "${config:z}", "--zone=eu"])
        #expect(settings.env.map(\.value?.value) == ["k", "5", nil, "a\nb\u{2028}☃😀"])
        #expect(settings.cwd?.value == "/h/w" && settings.envFile?.value == "/w/.env")
        #expect(upstreams.map(\.name) == ["my-server-2", "docs", "my-server"])
        let docs = try #require(upstreams[1].settings as? HTTPSettings)
        #expect(docs.url.value == "https://x/mcp" && docs.headers.map(\.value.value) == ["k"])
    }

    @Test("the paths of a workspace's servers start where VS Code has them start")
    func workspacePaths() throws {
        let text = #"""
            { "servers": {
              "one": { "command": "./rel/srv", "args": ["dist/index.js", "~/notes"] },
              "two": { "command": "bin/x", "cwd": "sub", "envFile": ".env" },
              "three": { "command": "node", "cwd": ".", "envFile": "~/.env" },
              "four": { "command": "${env:BIN}/x", "cwd": "${workspaceFolder}/a" },
              "five": { "command": "../x", "cwd": "/srv/" } } }
            """#
        let made = try Import(Array(text.utf8), workspaceFolder: "/w")
        let upstreams = try read(
            made.yaml, environment: ["HOME": "/h", "BIN": "/b"], folder: "/config"
        ).upstreams
        let settings = upstreams.compactMap { $0.settings as? StdioSettings }
        #expect(
            settings.map(\.command.value) == [
                "/w/rel/srv", "/w/sub/bin/x", "node", "/b/x", "/srv/../x",
            ])
        #expect(settings.map(\.cwd?.value) == ["/w", "/w/sub", "/w", "/w/a", "/srv/"])
        #expect(settings.map(\.envFile?.value) == [nil, "/w/.env", "/h/.env", nil, nil])
        #expect(settings[0].args.map(\.value) == ["dist/index.js", "/h/notes"])
        #expect(made.report.isEmpty)
    }

    @Test("a relative path that starts nobody knows where is named")
    func unknownPaths() throws {
        let text = #"""
            { "mcpServers": {
              "a": { "command": "./srv", "args": ["-y", "@x/y"], "cwd": "sub", "envFile": ".env" },
              "b": { "command": "node", "args": ["../index.js"] },
              "c": { "command": "node", "args": ["./index.js"], "cwd": "/w", "env": {} } } }
            """#
        let made = try Import(Array(text.utf8))
        #expect(made.report.count == 4)
        #expect(made.yaml.contains("command: \"./srv\"") && made.yaml.contains("cwd: sub"))
        #expect(
            made.report.last
                == "server 'b': 'args' has a relative path, which starts somewhere else now; write "
                + "the whole path, or say with '--folder' where it starts")
        #expect(try Import(Array(text.utf8), workspaceFolder: "/w").report.isEmpty)
    }

    @Test("Claude's mcpServers are converted with Claude's variables")
    func claude() throws {
        let text = #"""
            { "mcpServers": { "a": { "command": "${BIN:-node}", "args": ["${A}", "${b c}", "x ${", 7],
              "timeout": 5, "disabled": false },
              "off": { "command": "x", "disabled": true },
              "far": { "type": "http", "url": "https://x", "disabled": true } }, "numStartups": 4 }
            """#
        let made = try Import(Array(text.utf8))
        let upstreams = try read(made.yaml, environment: ["A": "1"]).upstreams
        let settings = try #require(upstreams.first?.settings as? StdioSettings)
        #expect(settings.command.value == "node")
        #expect(settings.args.map(\.value) == ["1", "${b c}", "x ${", "7"])
        #expect(upstreams.map(\.isEnabled) == [true, false, false])
        #expect(
            made.report == [
                "server 'a': 'timeout' is left out",
                "left out at the top of the file: 'numStartups'",
                "'${b c}' has no equivalent and is kept as it is written; replace it by hand",
            ])
    }

    @Test(
        "any name becomes one of ours",
        arguments: [
            ("ok-1", "ok-1"), ("My Server", "my-server"), ("--x--", "x"), ("☃", "server"),
            ("com.example/some_long_server_name", "com-example-some-lon"),
            ("aaaaaaaaaaaaaaaaaaa bbb", "aaaaaaaaaaaaaaaaaaa"),
        ])
    func names(original: String, name: String) throws {
        let text = #"{ "servers": { "\#(original)": { "command": "x" } } }"#
        let made = try Import(Array(text.utf8))
        #expect(try read(made.yaml).upstreams.map(\.name) == [name])
        #expect(made.report.isEmpty == (original == name))
    }

    @Test(
        "a file that is no list of servers is refused with a reason",
        arguments: [
            ("[]", "could not use the file: it is not a JSON object"),
            ("{}", "could not import the file: it has no 'servers' and no 'mcpServers'"),
        ])
    func refused(text: String, reason: String) {
        let failure = #expect(throws: SetupFailure.self) { try Import(Array(text.utf8)) }
        #expect(failure?.description == reason)
        #expect(throws: SetupFailure.self) { try Import(Array("{ \"servers\": ".utf8)) }
    }

    @Test(
        "the entry that starts Manifold itself is left out, and said",
        arguments: [
            ("manifold", #"["serve"]"#, true),
            ("/opt/bin/manifold", #"["serve","--config","/h/m.yaml"]"#, true),
            ("${workspaceFolder}/bin/manifold", #"["serve"]"#, true),
            ("manifold", #"["bridge","--","x"]"#, false), ("manifold", "[]", false),
            ("npx", #"["manifold","serve"]"#, false), ("/manifold/run", #"["serve"]"#, false),
        ])
    func ourselves(command: String, arguments: String, isOurs: Bool) throws {
        let text = #"""
            { "servers": { "time": { "command": "uvx" },
              "mine": { "type": "stdio", "command": "\#(command)", "args": \#(arguments) } } }
            """#
        let made = try Import(Array(text.utf8), workspaceFolder: "/w")
        let names = try read(made.yaml).upstreams.map(\.name)
        #expect(names == (isOurs ? ["time"] : ["time", "mine"]))
        #expect(made.report.contains { $0.hasPrefix("server 'mine' is Manifold itself") } == isOurs)
    }

    @Test("a file cut anywhere is converted or refused, never a crash")
    func truncated() {
        let bytes = Array(Self.code.utf8)
        for length in 0..<bytes.count { _ = try? Import(Array(bytes[..<length])) }
    }
}
