import Aggregator
import Plugins
import Testing
import Upstreams

@Suite struct ConfigurationReadTests {
    @Test("an empty file is a configuration of defaults", arguments: ["", "# nothing", "{}"])
    func defaults(text: String) throws {
        #expect(try read(text) == Configuration())
        #expect(try read("server:\nupstreams:\nplugins:\n") == Configuration())
    }

    @Test("every key of the general sections is read")
    func general() throws {
        let read = try read(
            """
            $schema: ./manifold.schema.json
            server: { name: tools, title: Team tools, instructions: Be kind., instructionsBudget: 4 KiB }
            names: { prefix: never, maxLength: 60 }
            limits: { message: 1 GiB, queue: 1024, startWait: 500 ms, inFlight: 2 }
            """)
        var expected = Configuration()
        expected.server.name = "tools"
        expected.server.title = "Team tools"
        expected.server.instructions = "Be kind."
        expected.server.instructionsBudget = 4096
        expected.names.prefix = .never
        expected.names.maxLength = 60
        expected.limits.message = 1 << 30
        expected.limits.queue = 1024
        expected.limits.startWait = .milliseconds(500)
        expected.limits.inFlight = 2
        #expect(read == expected)
    }

    @Test("an upstream is read with its kind's own settings")
    func upstream() throws {
        let read = try read(
            """
            upstreams:
              a:
                stdio:
                  command: uvx
                  args: [x, 1.0, true, "${env:WHO}"]
                  env: { A: text, B: 8080, C: true, D: null, E: "" }
                  inheritEnv: [X_*]
                  cwd: /srv
                  envFile: .env
                prefix: ""
                title: T
                rename: { old: new }
                hide: ["x_*"]
                enabled: false
                timeouts: { start: 1, idle: 2 min, total: 1 h }
                stop: { closing: 0.5, terminating: 1.25 s }
            """, environment: ["WHO": "me"], folder: "/f")
        var settings = StdioSettings()
        settings.command = "uvx"
        settings.args = ["x", "1.0", "true", Text("me", written: "${env:WHO}")]
        settings.env = [
            .init(name: "A", value: "text"), .init(name: "B", value: "8080"),
            .init(name: "C", value: "true"), .init(name: "D", value: nil),
            .init(name: "E", value: ""),
        ]
        settings.inheritEnv = .also(["X_*"])
        settings.cwd = "/srv"
        settings.envFile = "/f/.env"
        var upstream = Configuration.Upstream(name: "a", kind: "stdio", settings: settings)
        upstream.prefix = ""
        upstream.title = "T"
        upstream.rename = ["old": "new"]
        upstream.hide = ["x_*"]
        upstream.isEnabled = false
        upstream.timeouts.start = .seconds(1)
        upstream.timeouts.idle = .seconds(120)
        upstream.timeouts.total = .seconds(3600)
        upstream.stop.closing = .milliseconds(500)
        upstream.stop.terminating = .milliseconds(1250)
        #expect(read.upstreams == [upstream])
    }

    @Test("upstreams and plugins keep the order of the file")
    func order() throws {
        let read = try read(
            """
            upstreams: { z: { stdio: { command: x } }, a: { stdio: { command: x } } }
            plugins:
              - rename: { z/old: new }
              - hide: { items: [a/*] }
              - rename: {}
            """)
        #expect(read.upstreams.map(\.name) == ["z", "a"])
        #expect(read.plugins.map(\.kind) == ["rename", "hide", "rename"])
        #expect((read.plugins[0].settings as? RenameSettings)?.names == ["z/old": "new"])
        #expect((read.plugins[1].settings as? HideSettings)?.items == ["a/*"])
    }

    @Test("the prefix is what the upstream says, else what names say, else the upstream's name")
    func prefix() throws {
        let entry = "stdio: { command: x }"
        let text = "upstreams: { a: { \(entry) }, b: { \(entry), prefix: q } }"
        let always = try read(text)
        #expect(always.upstreams.map(always.prefix) == ["a", "q"])
        let never = try read("names: { prefix: never }\n" + text)
        #expect(never.upstreams.map(never.prefix) == ["", "q"])
    }

    @Test(
        "a duration has a unit or is a number of seconds",
        arguments: [
            ("3 s", .seconds(3)), ("3s", .seconds(3)), ("0", .zero), ("1.5", .milliseconds(1500)),
            ("250 ms", .milliseconds(250)), ("2 min", .seconds(120)), ("1 h", .seconds(3600)),
            ("0.001 h", .milliseconds(3600)), ("-1 s", nil), ("3 m", nil), ("1e3", nil),
            ("3  s", nil), ("s", nil), ("3 ", nil), ("9000 h", nil), ("", nil), ("1.2.3", nil),
            ("99999999999999999999 s", nil), ("9223372036854775807 h", nil), ("1. s", nil),
        ] as [(String, Duration?)])
    func durations(text: String, expected: Duration?) {
        let read = try? read("limits: { startWait: \"\(text)\" }").limits.startWait
        #expect(read == expected)
    }

    @Test(
        "a size has a unit or is a number of bytes",
        arguments: [
            ("8 MiB", 8 << 20), ("64KiB", 64 << 10), ("1.5 KiB", 1536), ("10 MB", 10_000_000),
            ("1 GiB", 1 << 30), ("12", 12), ("12 B", 12), ("-1", nil), ("8 mib", nil),
            ("1025 GiB", nil), ("9223372036854775807 GiB", nil),
        ] as [(String, Int?)])
    func sizes(text: String, expected: Int?) {
        let read = try? read("limits: { queue: \"\(text)\" }").limits.queue
        #expect(read == expected)
    }

    @Test(
        "an upstream's name has 1 to 20 lower-case letters, digits and '-'",
        arguments: [
            ("a", true), ("0-a", true), ("a-", true), ("-a", false), ("A", false), ("a_b", false),
            ("abcdefghijklmnopqrst", true), ("abcdefghijklmnopqrstu", false), ("é", false),
            ("", false),
        ])
    func names(name: String, isName: Bool) {
        #expect(Configuration.Upstream.isName(name) == isName)
    }

    @Test(
        "a line break at the end of a token is none of it",
        arguments: ["t0k=", "t0k=\n", "t0k=\r\n"])
    func token(value: String) throws {
        let text = "inbound: { bearer: '${env:TOK}' }"
        let found = try read(text, environment: ["TOK": value])
        #expect(found.inbound.bearer == Text("t0k=", written: "${env:TOK}"))
        #expect(found.confidential.contains { $0.value == "t0k=" })
        #expect(try read("inbound:\n  bearer: |\n    t0k=\n").inbound.bearer == "t0k=")
    }

    @Test(
        "a token that no header can carry is refused at its place, and not shown",
        arguments: ["t0k t0k", "\n", "t0k\n\n", "\tt0k", "t0ké"])
    func unfitToken(value: String) throws {
        let text = "inbound: { bearer: '${env:TOK}' }"
        #expect(
            try complaint(text, environment: ["TOK": value]) == """
                manifold.yaml:1:20: error: 'bearer' of 'inbound' must be visible ASCII characters \
                without blanks, as a header carries it
                \(text)
                                   ^

                """)
    }
}
