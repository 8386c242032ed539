import Aggregator
import Machine
import Signing
import Upstreams

/// `mcp-agentcore-proxy`: one runtime of AgentCore on standard input and output.
enum AgentCoreProxy {
    /// Runs it; other words than those that ask for help are ignored, as the original ignores all of them.
    static func run(_ words: [String], _ environment: Environment) -> Int32 {
        if let code = DropIn.answer(words, as: "mcp-agentcore-proxy", help) { return code }
        do throws(DropInFailure) {
            return try run(try AgentCoreVariables(environment), environment)
        } catch {
            StandardError.write(error.text + "\n")
            return error.code
        }
    }

    private static func run(
        _ variables: AgentCoreVariables, _ environment: Environment
    ) throws(DropInFailure) -> Int32 {
        let loop: EventLoop
        do throws(MachineFailure) {
            loop = try EventLoop.make()
        } catch {
            throw .failure(error.message)
        }
        return loop.run {
            do throws(DropInFailure) {
                return try await serve(variables, environment, loop)
            } catch {
                StandardError.write(error.text + "\n")
                return error.code
            }
        }
    }

    private static func serve(
        _ variables: AgentCoreVariables, _ environment: Environment, _ loop: EventLoop
    ) async throws(DropInFailure) -> Int32 {
        let access = try AgentCoreAccess(variables, environment, loop)
        let voice = AgentCoreVoice(profile: variables.profile, isVerbose: variables.isVerbose)
        let session = try await access.session()
        try await access.checkRole(voice)
        var settings = RelaySettings(url: access.url, session: session)
        settings.deadlines.connect = variables.connectTimeout
        settings.deadlines.firstByte = variables.readTimeout
        settings.deadlines.idle = variables.readTimeout
        settings.headers = [("User-Agent", "mcp-agentcore-proxy manifold/\(Version.current)")]
        settings.mayBeSerial = true
        settings.stop = access.stop
        return try await RelayProcess(loop: loop).run(beside: {
            () async throws(DropInFailure) in try await access.checkSignIn(voice)
        }) { input, output in
            Relay(
                settings, input: input, output: output, client: access.client,
                authorizer: access.authorizer, voice: voice, time: loop)
        }
    }

    private static let help = """
        mcp-agentcore-proxy: a runtime of Amazon Bedrock AgentCore as an MCP server on standard input
        and output. This is Manifold; 'manifold --help' shows what else it does.

        Usage: AGENTCORE_AGENT_ARN=ARN mcp-agentcore-proxy

        Environment:
          AGENTCORE_AGENT_ARN, AGENT_ARN       the runtime, or one of its endpoints
          AGENTCORE_QUALIFIER                  the runtime's endpoint (DEFAULT)
          RUNTIME_SESSION_MODE                 session (default), identity or request
          AGENTCORE_READ_TIMEOUT               seconds without a byte of an answer (300)
          AGENTCORE_CONNECT_TIMEOUT            seconds until a connection is there (10)
          AGENTCORE_ASSUME_ROLE_ARN            a role to take on
          AGENTCORE_ASSUME_ROLE_SESSION_NAME   what its session is called (mcpAgentCoreProxy)
          AGENTCORE_STOP_SESSION=true          stop the session's machine at the end
          AWS_REGION, AWS_PROFILE, …           as everywhere; the ARN's region goes first
          LOG_LEVEL=DEBUG, MCP_PROXY_DEBUG=1   what happens, on standard error

        Options:
          --help       this text
          --version    the version

        Example:
          AGENTCORE_AGENT_ARN=arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/x-1234567890 \\
            mcp-agentcore-proxy

        """
}
