import Testing

@Suite struct ConfigurationErrorTests {
    @Test("every error of a file is shown with its line, a caret and advice")
    func complaints() throws {
        let text = """
            server:
              nme: tools
              title: 5
            upstreams:
              clock:
                stdio:
                  comand: uvx
                timeouts: { strt: 3 }
              Big: { stdio: { command: x } }
              docs: { http: { url: x } }
            """
        #expect(
            try complaint(text) == """
                manifold.yaml:2:3: error: unknown key 'nme' in 'server'; did you mean 'name'?
                  nme: tools
                  ^
                manifold.yaml:3:10: error: 'title' of 'server' must be a text
                  title: 5
                         ^
                manifold.yaml:7:7: error: unknown key 'comand' in upstream 'clock'; \
                did you mean 'command'?
                      comand: uvx
                      ^
                manifold.yaml:8:17: error: unknown key 'strt' in 'timeouts' of upstream 'clock'; \
                did you mean 'start'?
                    timeouts: { strt: 3 }
                                ^
                manifold.yaml:9:3: error: the key 'Big' of 'upstreams' must be a text of 1 to 20 \
                lower-case letters, digits and '-', not beginning with '-'
                  Big: { stdio: { command: x } }
                  ^
                manifold.yaml:10:24: error: 'url' of upstream 'docs' must be a text that is an \
                address: 'http://…' or 'https://…', without a user name
                  docs: { http: { url: x } }
                                       ^

                """)
    }

    @Test(
        "one mistake is one sentence at its place",
        arguments: [
            ("x: 1", "1:1: error: unknown key 'x'"),
            (
                "mcpServers: {}",
                "1:1: error: unknown key 'mcpServers'; servers are listed under 'upstreams'; "
                    + "'manifold import' converts an mcp.json"
            ),
            ("- a", "1:1: error: the configuration must be a mapping"),
            ("upstreams: 5", "1:12: error: 'upstreams' must be a mapping"),
            (
                "upstreams: { a: }",
                "1:17: error: upstream 'a' needs one of 'stdio', 'http', 'runtime', 'gateway', "
                    + "'bridge'"
            ),
            ("upstreams: { a: { stdio: } }", "1:26: error: upstream 'a' needs 'command'"),
            (
                "upstreams: { a: { stdio: { command: x }, bridge: {} } }",
                "1:42: error: upstream 'a' has 'bridge' besides 'stdio'; give one of them"
            ),
            (
                "upstreams: { a: { stdio: { command: x, args: [[]] } } }",
                "1:47: error: item 1 of 'args' of upstream 'a' must be a text, a number, true or false"
            ),
            (
                "upstreams: { a: { stdio: { command: x, inheritEnv: al } } }",
                "1:52: error: 'inheritEnv' of upstream 'a' must be one of 'usual', 'all', 'none'"
            ),
            (
                "plugins: [ { hid: {} } ]",
                "1:14: error: unknown key 'hid' in item 1 of 'plugins'; did you mean 'hide'?"
            ),
            ("plugins: [ { hide: {} } ]", "1:20: error: plugin 'hide' needs 'items'"),
            (
                "plugins: [ { hide: { items: [] } } ]",
                "1:29: error: 'items' of plugin 'hide' must be a list with something in it"
            ),
            (
                "plugins: [ { redact: {} } ]",
                "1:22: error: plugin 'redact' needs 'patterns' or 'fields', or it does nothing"
            ),
            (
                "plugins: [ { redact: { fields: [] } } ]",
                "1:32: error: 'fields' of plugin 'redact' must be a list with something in it"
            ),
            (
                "plugins: [ { limit: { per: 1 min } } ]",
                "1:21: error: plugin 'limit' needs 'calls' or 'concurrent', or it does nothing"
            ),
            (
                "plugins: [ { access: } ]",
                "1:22: error: plugin 'access' needs 'allow' or 'deny', or it does nothing"
            ),
            (
                "plugins: [ { access: { alow: [a] } } ]",
                "1:24: error: unknown key 'alow' in plugin 'access'; did you mean 'allow'?"
            ),
            (
                "plugins: [ { tokenize: { keys: [] } } ]",
                "1:32: error: 'keys' of plugin 'tokenize' must be a list with something in it"
            ),
            (
                "plugins: [ {} ]",
                "1:12: error: item 1 of 'plugins' needs one of 'hide', 'rename', 'access', "
                    + "'redact', 'tokenize', 'jq', 'executable', 'limit', 'timeout', 'audit', "
                    + "'integers', 'pin', 'schema'"
            ),
            (
                "names: { max_length: 50 }",
                "1:10: error: unknown key 'max_length' in 'names'; did you mean 'maxLength'?"
            ),
            (
                "names: { maxLength: 65 }",
                "1:21: error: 'maxLength' of 'names' must be an integer from 8 to 64"
            ),
            (
                "names: { prefix: no }",
                "1:18: error: 'prefix' of 'names' must be one of 'always', 'never'"
            ),
            (
                "limits: { startWait: 3 parsecs }",
                "1:22: error: 'startWait' of 'limits' must be a duration such as '3 s', '500 ms' or '2 min'"
            ),
            (
                "upstreams: { a: { stdio: { command: '' } } }",
                "1:37: error: 'command' of upstream 'a' must be a text that is not empty"
            ),
            ("server: { name: \"a\\0b\" }", "1:17: error: 'name' of 'server' must not contain NUL"),
        ])
    func sentences(text: String, expected: String) throws {
        let shown = try complaint(text).split(separator: "\n")
        #expect(shown.first.map(String.init) == "manifold.yaml:" + expected)
    }

    @Test("a kind's key directly under an upstream is sent to its place")
    func misplaced() throws {
        let text = "upstreams: { a: { command: x } }"
        #expect(
            try complaint(text).contains(
                "unknown key 'command' in upstream 'a'; it belongs under 'stdio'"))
    }

    @Test("two kinds for one upstream are refused")
    func twoKinds() throws {
        let text = "upstreams: { a: { stdio: { command: x }, http: {} } }"
        #expect(
            try complaint(text).contains(
                "upstream 'a' has 'http' besides 'stdio'; give one of them"))
    }

    @Test("control characters of a file and long lines do not reach the terminal")
    func terminal() throws {
        let red = try complaint("x\u{1B}[31m: 1")
        #expect(red.contains("\u{FFFD}[31m") && !red.contains("\u{1B}"))
        let long = try complaint(
            "{ \"upstreams\": {}, \"\(String(repeating: "a", count: 5000))\": 1 }")
        #expect(long.split(separator: "\n").allSatisfy { $0.count < 500 })
    }

    @Test("after twenty errors the rest is counted")
    func many() throws {
        let text = (0..<25).map { "x\($0): 1\n" }.joined()
        #expect(try complaint(text).hasSuffix("manifold.yaml: error: 5 more of these\n"))
    }

    @Test("tabs before a mistake keep the caret under it")
    func tabs() throws {
        #expect(try complaint("{\n\t\"x\": 1\n}").hasSuffix("\t\"x\": 1\n\t^\n"))
    }
}
