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
        let end = try end(of: settings, log: log.log, lastWords: "the log") { endpoint in
            trail.withLock { $0 = endpoint.trail }
        }
        // The log and the trail need not be told where they are.
        #expect(end?.message == "Upstream 'one' exited with code 3.")
        #expect(end?.told == "Upstream 'one' exited with code 3. Its last words are in the log.")
        #expect(trail.withLock { $0 } == ["hunter2"])
        #expect(log.all.contains { $0.contains("Its last words: hunter2") })
    }

    @Test("who sees a child's last words anyway is not sent to look for them")
    func noLog() throws {
        var settings = StdioSettings()
        settings.command = "/bin/sh"
        settings.args = ["-c", "echo x >&2; exit 3"]
        #expect(try end(of: settings)?.told == "Upstream 'one' exited with code 3.")
    }

    @Test("callers are told where the last words are, whatever is said before that")
    func clues() {
        let failure = Failure(
            .unavailable, "It ended.", advice: "The next try is in 1 s.", upstream: "one",
            clue: "Its last words are in the log.")
        guard case .result(let json, _) = Answer(failure, to: .toolsCall) else {
            Issue.record("a call that failed has no result")
            return
        }
        let text = String(decoding: json, as: UTF8.self)
        #expect(text.contains("The next try is in 1 s. Its last words are in the log."))
        #expect(!failure.message.contains("last words"))
    }

    private func endpoint(
        _ settings: StdioSettings, _ loop: EventLoop, log: Log = LogLines().log,
        lastWords: String? = nil
    ) -> StdioEndpoint {
        StdioEndpoint(
            Configuration.Upstream(name: "one", kind: "stdio", settings: settings), settings,
            Tools(
                loop: loop, time: loop, environment: Environment([("PATH", "/bin")]),
                accounts: AWSAccounts(Environment([]), on: loop, time: loop), log: log,
                messageLimit: 1 << 20, lastWords: lastWords))
    }

    /// What is said of an upstream that does not start, or whose connection ended.
    private func failure(of settings: StdioSettings) throws -> String {
        try end(of: settings)?.message ?? ""
    }

    /// Why an upstream does not start, or why its connection ended.
    private func end(
        of settings: StdioSettings, log: Log = LogLines().log, lastWords: String? = nil,
        then look: @escaping @Sendable (StdioEndpoint) -> Void = { _ in }
    ) throws -> Failure? {
        let loop = try EventLoop.make()
        let endpoint = endpoint(settings, loop, log: log, lastWords: lastWords)
        let found = Mutex<Failure?>(nil)
        _ = loop.run {
            do throws(Failure) {
                let end = await (try endpoint.connect()).run(Deaf())
                found.withLock { $0 = end }
            } catch {
                found.withLock { $0 = error }
            }
            look(endpoint)
            return 0
        }
        return found.withLock { $0 }
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
