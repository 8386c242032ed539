import Aggregator
import Machine
import Signing
import Synchronization
import TestSupport
import Testing
import Upstreams
import Wire
import manifold

@Suite struct StdioEndpointTests {
    @Test("the fingerprint tells settings apart and repeats none of them")
    func fingerprint() throws {
        var settings = StdioSettings()
        settings.command = "server"
        settings.env = [.init(name: "KEY", value: "hunter2")]
        let loop = try EventLoop.make()
        let one = endpoint(settings, loop).fingerprint
        #expect(one.count == 64 && one.allSatisfy(\.isHexDigit))
        #expect(endpoint(settings, loop).fingerprint == one)
        settings.env = [.init(name: "KEY", value: "hunter3")]
        #expect(endpoint(settings, loop).fingerprint != one)
    }

    @Test(
        "a failed start shows what the file says, not what it expands to",
        arguments: [
            ("command", ["Could not start '${env:S}'", "no program of that name in PATH (/bin)"]),
            ("path", ["Could not start 'nothing'", "in PATH (${env:S})"]),
            ("cwd", ["the working directory '${env:S}' cannot be entered"]),
            ("envFile", ["Could not open '${env:S}'"]),
            ("zero", ["Could not start '${env:S}'", "zero byte"]),
        ])
    func secrets(part: String, expected: [String]) throws {
        let message = try failure(of: Self.settings(part))
        #expect(!message.contains("hunter2"))
        for words in expected { #expect(message.contains(words), "\(message)") }
    }

    private static func settings(_ part: String) -> StdioSettings {
        let secret = Text("hunter2", written: "${env:S}")
        let secretPath = Text("/hunter2", written: "${env:S}")
        var settings = StdioSettings()
        settings.command = "nothing"
        switch part {
        case "command": settings.command = secret
        case "path": settings.env = [.init(name: "PATH", value: secretPath)]
        case "cwd":
            settings.command = "/bin/sh"
            settings.cwd = secretPath
        case "envFile": settings.envFile = secretPath
        default: settings.command = Text("hunter2\0", written: "${env:S}")
        }
        return settings
    }

    @Test("how a child ended goes to callers, its last words to the log and the trail only")
    func lastWords() throws {
        var settings = StdioSettings()
        settings.command = "/bin/sh"
        settings.args = ["-c", "echo hunter2 >&2; exit 3"]
        let log = LogLines()
        let trail = Mutex<[String]>([])
        let message = try failure(of: settings, log: log.log) { endpoint in
            trail.withLock { $0 = endpoint.trail }
        }
        #expect(message.contains("exited with code 3."))
        #expect(message.contains("Its last words are in 'manifold status' and the log."))
        #expect(!message.contains("hunter2"))
        #expect(trail.withLock { $0 } == ["hunter2"])
        #expect(log.all.contains { $0.contains("Its last words: hunter2") })
    }

    private func endpoint(
        _ settings: StdioSettings, _ loop: EventLoop, log: Log = LogLines().log
    ) -> StdioEndpoint {
        StdioEndpoint(
            Configuration.Upstream(name: "one", kind: "stdio", settings: settings), settings,
            Tools(
                loop: loop, time: loop, environment: Environment([("PATH", "/bin")]),
                accounts: AWSAccounts(Environment([]), on: loop, time: loop), log: log,
                messageLimit: 1 << 20))
    }

    /// Why an upstream does not start, or why its connection ended.
    private func failure(
        of settings: StdioSettings, log: Log = LogLines().log,
        then look: @escaping @Sendable (StdioEndpoint) -> Void = { _ in }
    ) throws -> String {
        let loop = try EventLoop.make()
        let endpoint = endpoint(settings, loop, log: log)
        let message = Mutex("")
        _ = loop.run {
            do throws(Failure) {
                let end = await (try endpoint.connect()).run(Deaf())
                message.withLock { $0 = end.message }
            } catch {
                message.withLock { $0 = error.message }
            }
            look(endpoint)
            return 0
        }
        return message.withLock { $0 }
    }
}

/// Somebody to whom a server speaks in vain.
private struct Deaf: Inbox {
    func aside(_ message: Message, caller: Caller?) async {}
    func question(
        _ message: Message, callers: [Caller], reply: any Connection, asking addressee: Addressee
    ) async -> Answer { .empty }
    func ended() {}
    func noise(_ reason: String) {}
}
