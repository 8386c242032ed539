import Aggregator
import Testing
import Upstreams

@Suite struct StdioSettingsTests {
    private let ours = [
        (name: "PATH", value: "/bin"), (name: "HOME", value: "/h"), (name: "LC_ALL", value: "C"),
        (name: "XDG_CACHE_HOME", value: "/c"), (name: "https_proxy", value: "p"),
        (name: "NODE_EXTRA_CA_CERTS", value: "ca"), (name: "AWS_PROFILE", value: "w"),
        (name: "MY_KEY", value: "k"), (name: "PATHS", value: "no"),
    ]

    @Test("a child gets the usual variables and no others")
    func usual() {
        let names = StdioSettings().environment(inheriting: ours).map(\.name)
        #expect(
            names == [
                "HOME", "LC_ALL", "NODE_EXTRA_CA_CERTS", "PATH", "XDG_CACHE_HOME", "https_proxy",
            ])
    }

    @Test(
        "inheritEnv adds names to the usual ones, takes all, or none",
        arguments: [
            (.also(["AWS_*", "PATHS"]), ["AWS_PROFILE", "PATHS"], 8), (.all, ["MY_KEY"], 9),
            (.none, [], 0), (.also([]), [], 6),
        ] as [(StdioSettings.Inheritance, [String], Int)])
    func inheritance(inheritance: StdioSettings.Inheritance, extra: [String], count: Int) {
        var settings = StdioSettings()
        settings.inheritEnv = inheritance
        let names = settings.environment(inheriting: ours).map(\.name)
        #expect(names.count == count && Set(extra).isSubset(of: names))
    }

    @Test("env wins over the file, the file over what is inherited, and null removes")
    func layers() {
        var settings = StdioSettings()
        settings.inheritEnv = .also([])
        settings.env = [
            .init(name: "A", value: "env"), .init(name: "HOME", value: nil),
            .init(name: "B", value: nil),
        ]
        let file = [
            (name: "A", value: "file"), (name: "B", value: "file"), (name: "PATH", value: "f"),
        ]
        let ours = [
            (name: "PATH", value: "/bin"), (name: "HOME", value: "/h"), (name: "TZ", value: "z"),
        ]
        let environment = settings.environment(inheriting: ours, file: file)
        #expect(environment.map { "\($0)=\($1)" } == ["A=env", "PATH=f", "TZ=z"])
    }

    @Test(
        "the lines of an environment file are read as dotenv files are written",
        arguments: [
            ("A=1", ["A=1"]), ("export A = 1 # no", ["A=1"]), ("# c\n\n A=x=y\r\n", ["A=x=y"]),
            ("A='a # $b' # c", ["A=a # $b"]), (#"A="a\n\"b\" \$c \d""#, ["A=a\n\"b\" $c \\d"]),
            ("A=a#b", ["A=a#b"]), ("A=", ["A="]), ("A=1\nA=2", ["A=1", "A=2"]),
            ("\u{FEFF}A=1", ["A=1"]), ("", []), ("A=#", ["A="]),
        ])
    func file(text: String, expected: [String]) throws {
        #expect(try EnvironmentFile.parse(text).map { "\($0)=\($1)" } == expected)
    }

    @Test(
        "a line that cannot be read is named by its number, not its content",
        arguments: [
            ("A=1\nhunter2", 2, "it is not of the form NAME=value"),
            ("=x", 1, "it is not of the form NAME=value"),
            ("A=\"x", 1, "its quotes are not closed"), ("A='x", 1, "its quotes are not closed"),
        ])
    func faults(text: String, line: Int, reason: String) {
        let fault = #expect(throws: EnvironmentFile.Fault.self) { try EnvironmentFile.parse(text) }
        #expect(fault?.line == line && fault?.reason == reason)
    }

    @Test("relative paths start from the folder of the file")
    func relative() throws {
        let text = """
            upstreams: { a: { stdio: { command: bin/x, args: [a/b], cwd: ., envFile: "${env:F}" } },
              b: { stdio: { command: x, cwd: /w, envFile: ./.env } } }
            """
        let settings = try read(text, environment: ["F": "s/.env"], folder: "/etc/m").upstreams
            .compactMap { $0.settings as? StdioSettings }
        #expect(settings.map(\.command.value) == ["/etc/m/bin/x", "x"])
        #expect(settings.map(\.cwd?.value) == ["/etc/m/.", "/w"])
        #expect(settings.map(\.envFile?.value) == ["/etc/m/s/.env", "/etc/m/.env"])
        #expect(settings.map(\.envFile?.written) == ["${env:F}", "/etc/m/.env"])
        #expect(settings.first?.args == ["a/b"])
    }

    @Test("without a folder relative paths are refused")
    func inline() throws {
        let text = "upstreams: { a: { stdio: { command: ./x } } }"
        #expect(
            try complaint(text).contains(
                "'command' of upstream 'a' must begin with '/': a configuration that is no file"))
    }
}
