import Machine
import Signing
import Upstreams
import Wire

/// What the environment of `mcp-agentcore-proxy` says.
struct AgentCoreVariables: Sendable {
    /// How sessions are named.
    enum Mode: String, Sendable, CaseIterable {
        /// One for the process.
        case session
        /// One for everything that the same identity of AWS starts.
        case identity
        /// One for each request.
        case request
    }

    /// The runtime, as it is asked for: an ARN, or whatever stands in its place.
    let runtime: String
    /// The variable that names it.
    private let variable: String
    /// The endpoint of the runtime; nil for the usual one.
    let qualifier: String?
    let mode: Mode
    let connectTimeout: Duration
    let readTimeout: Duration
    let role: AWSSettings.Role?
    /// Whether the session's machine is stopped at the end.
    let stops: Bool
    /// The profile, for words of advice.
    let profile: String?
    /// Whether what happens is told on standard error.
    let isVerbose: Bool

    /// Whether the environment names a runtime at all.
    static func isPresent(in environment: Environment) -> Bool {
        runtime(environment) != nil
    }

    /// Reads the environment.
    init(_ environment: Environment) throws(DropInFailure) {
        guard let (variable, named) = Self.runtime(environment) else {
            throw .usage("Set AGENTCORE_AGENT_ARN (or AGENT_ARN)")
        }
        self.variable = variable
        (runtime, qualifier) = Self.split(
            named, qualifier: environment.word("AGENTCORE_QUALIFIER"))
        let word = environment.word("RUNTIME_SESSION_MODE")?.lowercased()
        guard let mode = word.map({ Mode(rawValue: $0) }) ?? .session else {
            throw .usage("Unsupported runtime session mode: \(word ?? "")")
        }
        self.mode = mode
        readTimeout = try Self.seconds("AGENTCORE_READ_TIMEOUT", environment, otherwise: 300)
        connectTimeout = try Self.seconds("AGENTCORE_CONNECT_TIMEOUT", environment, otherwise: 10)
        role = environment.word("AGENTCORE_ASSUME_ROLE_ARN").map { arn in
            AWSSettings.Role(
                arn: arn,
                sessionName: environment.word("AGENTCORE_ASSUME_ROLE_SESSION_NAME")
                    ?? "mcpAgentCoreProxy")
        }
        // A machine that others of the same identity use is not ours to stop.
        stops = mode == .session && Self.isTrue(environment.word("AGENTCORE_STOP_SESSION"))
        profile = environment.word("AWS_PROFILE")
        isVerbose =
            environment["LOG_LEVEL"]?.uppercased() == "DEBUG"
            || environment["MCP_PROXY_DEBUG"] == "1"
    }

    private static func runtime(_ environment: Environment) -> (name: String, value: String)? {
        for name in ["AGENTCORE_AGENT_ARN", "AGENT_ARN"] {
            if let value = environment[name], !value.isEmpty { return (name, value) }
        }
        return nil
    }

    /// The ARN of an endpoint is that of its runtime, and a qualifier.
    private static func split(_ arn: String, qualifier: String?) -> (String, String?) {
        let parts = arn.split(separator: "/", omittingEmptySubsequences: false)
        guard arn.hasPrefix("arn:"), parts.count == 4, parts[2] == "runtime-endpoint" else {
            return (arn, qualifier)
        }
        return (parts[..<2].joined(separator: "/"), qualifier ?? String(parts[3]))
    }

    private static func isTrue(_ word: String?) -> Bool {
        ["1", "true", "yes"].contains(word?.lowercased())
    }

    private static func seconds(
        _ name: String, _ environment: Environment, otherwise: Int
    ) throws(DropInFailure) -> Duration {
        guard let text = environment[name] else { return .seconds(otherwise) }
        guard let number = Int(text.trimmed), number > 0 else {
            throw .usage("\(name) must be a whole number of seconds, not '\(text)'")
        }
        return .seconds(min(number, 366 * 86_400))
    }

    /// The region that the runtime's ARN names.
    var region: String? {
        let parts = runtime.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 6, parts[0] == "arn", !parts[3].isEmpty else { return nil }
        return String(parts[3])
    }

    /// What to say where neither the runtime's name nor anything else says the region.
    var missingRegion: String {
        """
        \(variable) is '\(runtime.prefix(100))', which is no ARN \
        (arn:aws:bedrock-agentcore:REGION:ACCOUNT:runtime/ID), and nothing else says the region: \
        correct it, or set AWS_REGION.
        """
    }

    /// The URL that everything is posted to.
    func url(_ endpoint: AWSEndpoint) -> String { url(endpoint, "invocations") }

    /// The URL that stops the session's machine; nil where it idles out.
    func stopURL(_ endpoint: AWSEndpoint) -> String? {
        stops ? url(endpoint, "stopruntimesession") : nil
    }

    private func url(_ endpoint: AWSEndpoint, _ operation: String) -> String {
        let query = qualifier.map { "?qualifier=\(PercentEncoding.encode($0))" } ?? ""
        return endpoint.url + "/runtimes/\(PercentEncoding.encode(runtime))/\(operation)" + query
    }
}

extension Environment {
    /// The value of a variable without blanks around it; nil when nothing is left.
    func word(_ name: String) -> String? {
        self[name].map(\.trimmed).flatMap { $0.isEmpty ? nil : $0 }
    }
}
