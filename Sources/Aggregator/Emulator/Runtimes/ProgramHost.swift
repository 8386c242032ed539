import Aggregator
import Machine
import Synchronization
import Wire

/// What programs are started on, asked and probed with.
struct ProgramHost: Sendable {
    let loop: EventLoop
    let client: HTTPClient
    let time: PlatformTime
    let log: Log
    /// Our own variables, of which a program inherits those that are not about AWS.
    let environment: Environment
    /// Where relative paths start from.
    let folder: String?
    /// Where the emulator is reached, without a slash at the end.
    let base: String
    let settings: EmulatorSettings
    let ports = FreePorts()

    /// How the program of a runtime is started.
    func launch(_ runtime: RuntimeSettings, port: Int) -> Launch {
        func fill(_ text: String) -> String {
            text.split(separator: "{port}", omittingEmptySubsequences: false)
                .joined(separator: String(port))
        }
        let words = runtime.command.map { fill($0.value) }
        let named = runtime.environment.sorted { $0.key < $1.key }
            .map { (name: $0.key, value: fill($0.value.value)) }
        var launch = Launch(
            executable: words.first ?? "", arguments: Array(words.dropFirst()),
            environment: inherited + platform(runtime, port) + named,
            directory: runtime.folder?.value ?? folder)
        if let text = runtime.command.first, !Expansion.secrets(in: text.written).isEmpty {
            launch.shown.executable = text.written
        } else {
            launch.shown.executable = launch.place
        }
        return launch
    }

    /// Real credentials must not reach a program that is being tried out.
    private var inherited: [(name: String, value: String)] {
        environment.variables.filter { !$0.name.hasPrefix("AWS_") }
    }

    /// What the platform sets, and what tells a program where to listen here.
    private func platform(
        _ runtime: RuntimeSettings, _ port: Int
    ) -> [(name: String, value: String)] {
        let arn = "\(settings.arn(of: runtime))/runtime-endpoint/DEFAULT:DEFAULT"
        return [
            ("PORT", "\(port)"), ("SERVER_PORT", "\(port)"), ("FASTMCP_PORT", "\(port)"),
            ("HOST", "127.0.0.1"), ("SERVER_HOST", "127.0.0.1"), ("FASTMCP_HOST", "127.0.0.1"),
            ("AWS_EC2_METADATA_SERVICE_ENDPOINT", base),
            ("AWS_ENDPOINT_URL_BEDROCK_AGENTCORE", base),
            (
                "OTEL_RESOURCE_ATTRIBUTES",
                "service.name=\(runtime.name).DEFAULT,cloud.resource_id=\(arn)"
            ),
        ]
    }

    // MARK: Probes

    /// How often a program is probed: MCP has no health check of its own.
    func probePause(_ runtime: RuntimeSettings) -> Duration {
        runtime.contract == .http ? .seconds(2) : .seconds(30)
    }

    /// Whether a program that was just started answers.
    func listens(_ machine: MicroVM) async -> Bool {
        guard let (status, _) = try? await ping(machine) else { return false }
        return machine.runtime.contract == .mcp || status == 200
    }

    /// Looks how the program of a session is.
    func probe(_ machine: MicroVM) async {
        guard machine.runtime.contract == .http else { return await greet(machine) }
        let answer = try? await ping(machine)
        let isBusy = machine.note(answer)
        if isBusy { machine.touch() }
    }

    private func ping(_ machine: MicroVM) async throws(MachineFailure) -> (Int, [UInt8]) {
        var request = HTTPClientRequest("GET", machine.url("/ping"))
        request.deadlines = Self.probing
        let response = try await client.send(request)
        return (response.status, try await response.whole(limit: 64 << 10))
    }

    /// The platform pings MCP servers outside of any session; what they answer does not matter.
    private func greet(_ machine: MicroVM) async {
        var request = HTTPClientRequest(
            "POST", machine.url(machine.runtime.target),
            fields: [
                ("Content-Type", "application/json"),
                ("Accept", "application/json, text/event-stream"),
            ], body: Array(#"{"jsonrpc":"2.0","id":"health","method":"ping"}"#.utf8))
        request.deadlines = Self.probing
        guard let response = try? await client.send(request) else { return }
        _ = try? await response.next()
    }

    /// A program may be busy with something else for a moment.
    private static var probing: HTTPClientRequest.Deadlines {
        var deadlines = HTTPClientRequest.Deadlines()
        deadlines.connect = .seconds(2)
        deadlines.firstByte = .seconds(2)
        deadlines.idle = .seconds(2)
        return deadlines
    }
}

extension MicroVM {
    /// So many probes may be missed in a row.
    private static let missedProbes = 3

    /// Notes what `/ping` has answered, nil for nothing; whether the program is busy, or has just
    /// become something else, so that it is not idle.
    func note(_ answer: (status: Int, body: [UInt8])?) -> Bool {
        let body = answer.flatMap { try? Value(validating: $0.body) }
        let update = body?["time_of_last_update"]?.integer
        return state.withLock { state in
            guard let answer else {
                state.missedProbes += 1
                if state.missedProbes >= Self.missedProbes { state.isHealthy = false }
                return false
            }
            state.missedProbes = 0
            state.isHealthy = answer.status == 200
            let hasChanged = update != nil && state.lastUpdate != nil && update != state.lastUpdate
            state.lastUpdate = update ?? state.lastUpdate
            return body?["status"]?.string == "HealthyBusy" || hasChanged
        }
    }
}

extension EmulatorSettings {
    /// The ARN of a runtime.
    package func arn(of runtime: RuntimeSettings) -> String {
        "arn:aws:bedrock-agentcore:\(region):\(account):runtime/\(runtime.id)"
    }
}
