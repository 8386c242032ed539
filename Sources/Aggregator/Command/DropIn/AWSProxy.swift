import Aggregator
import Machine
import Signing
import Upstreams

/// `mcp-proxy-for-aws`: a server at a URL that wants requests signed for AWS, on standard input and
/// output.
enum AWSProxy {
    static let name = "mcp-proxy-for-aws"

    /// Runs it.
    static func run(_ words: [String], _ environment: Environment) -> Int32 {
        do throws(DropInFailure) {
            let arguments = try AWSProxyArguments(words, environment)
            if arguments.wantsHelp || arguments.wantsVersion {
                StandardOutput.write(
                    arguments.wantsHelp ? help : "\(name) (manifold \(Version.current))\n")
                return StandardOutput.exitCode(ExitCode.success)
            }
            return try run(arguments, environment)
        } catch {
            StandardError.write(error.text + "\n")
            return error.code
        }
    }

    private static func run(
        _ arguments: AWSProxyArguments, _ environment: Environment
    ) throws(DropInFailure) -> Int32 {
        let loop: EventLoop
        do throws(MachineFailure) {
            loop = try EventLoop.make()
        } catch {
            throw .failure(error.message)
        }
        let accounts = AWSAccounts(environment, on: loop, time: loop)
        let endpoint = try AWSProxyEndpoint(arguments, environment, accounts)
        return loop.run {
            do throws(DropInFailure) {
                return try await serve(arguments, endpoint, accounts, loop)
            } catch {
                StandardError.write(error.text + "\n")
                return error.code
            }
        }
    }

    private static func serve(
        _ arguments: AWSProxyArguments, _ endpoint: AWSProxyEndpoint, _ accounts: AWSAccounts,
        _ loop: EventLoop
    ) async throws(DropInFailure) -> Int32 {
        let log = log(arguments.logLevel)
        log(
            .info,
            """
            Relaying to \(endpoint.url), signed for \(endpoint.service) in \(endpoint.signingRegion).
            """)
        let aws = AWSSettings(profile: arguments.profiles.first)
        let http = HTTPClient(on: loop, accounts.clientSettings(aws))
        func authorizer(_ profile: String?) -> any Authorizer {
            let signer = SigV4Authorizer(
                upstream: name, service: endpoint.service, region: endpoint.signingRegion,
                credentials: accounts.provider(AWSSettings(profile: profile)),
                clock: accounts.clock)
            return arguments.mayBeUnsigned ? LenientAuthorizer(signer, log) : signer
        }
        let main = authorizer(arguments.profiles.first)
        var others: [String: any Authorizer] = [:]
        for profile in arguments.profiles.dropFirst() { others[profile] = authorizer(profile) }
        let filter = filter(arguments, endpoint)
        let settings = settings(arguments, endpoint)
        return try await RelayProcess(loop: loop).run { input, output in
            Relay(
                settings, input: input, output: output, client: http, authorizer: main,
                others: others, voice: AWSProxyVoice(log: log), filter: filter, time: loop)
        }
    }

    private static func filter(
        _ arguments: AWSProxyArguments, _ endpoint: AWSProxyEndpoint
    ) -> AWSProxyFilter {
        AWSProxyFilter(
            metadata: metadata(arguments, endpoint.region),
            others: endpoint.regions.mapValues { metadata(arguments, $0) },
            isReadOnly: arguments.isReadOnly, profiles: AWSProxyProfiles(arguments.profiles))
    }

    /// What every request tells the server: the region first, unless that is given, too.
    private static func metadata(
        _ arguments: AWSProxyArguments, _ region: String
    ) -> [(key: String, value: String)] {
        guard !arguments.metadata.contains(where: { $0.key == "AWS_REGION" }) else {
            return arguments.metadata
        }
        return [("AWS_REGION", region)] + arguments.metadata
    }

    private static func settings(
        _ arguments: AWSProxyArguments, _ endpoint: AWSProxyEndpoint
    ) -> RelaySettings {
        let forever = Duration.seconds(366 * 86_400)
        var settings = RelaySettings(url: endpoint.url, session: .server)
        settings.headers = arguments.headers.map { (name: $0.key, value: $0.value) }
        if !settings.headers.contains(where: { HTTPFields.areEqual($0.name, "User-Agent") }) {
            settings.headers.append(("User-Agent", "\(name) manifold/\(Version.current)"))
        }
        settings.deadlines.connect = arguments.connectTimeout ?? forever
        settings.deadlines.firstByte = arguments.readTimeout ?? forever
        settings.deadlines.idle = arguments.readTimeout ?? forever
        settings.toolTime = arguments.toolTimeout
        settings.sends = arguments.retries + 1
        settings.listens = true
        return settings
    }

    /// Lines on standard error, as severe as is wanted.
    private static func log(_ level: String) -> Log {
        let thresholds: [String: LogLevel] = [
            "DEBUG": .debug, "INFO": .info, "WARNING": .warning, "CRITICAL": .critical,
        ]
        return Log(threshold: thresholds[level] ?? .error) { level, line in
            LogOutput.standardError.write("| \(level.name.uppercased()) | \(Terminal.plain(line))")
        }
    }

    private static let help = """
        mcp-proxy-for-aws: an MCP server that wants requests signed for AWS, on standard input and
        output. This is Manifold; 'manifold --help' shows what else it does.

        Usage: mcp-proxy-for-aws [options] ENDPOINT

        Options:
          --service NAME             what signatures call the service (else the endpoint says it)
          --region REGION            the region of signatures (else the endpoint, then AWS_REGION)
          --profile PROFILE …        the profile of ~/.aws; further ones can be chosen for single
                                     calls ('aws_profile')
          --metadata KEY=VALUE …     what each request says in '_meta', AWS_REGION besides
          --header KEY=VALUE         a header for each request; may be given again
          --read-only                only tools that say that they change nothing
          --skip-auth                unsigned requests where there are no credentials
          --log-level LEVEL          DEBUG, INFO, WARNING, ERROR (default) or CRITICAL
          --retries 0-10             how often a request is sent again, where that is safe (0)
          --connect-timeout SECONDS  until a connection is there (60; 0 for no bound)
          --read-timeout SECONDS     without a byte of an answer (120; 0 for no bound)
          --tool-timeout SECONDS     for a tool in all (300; 0 for no bound)
          --timeout, --write-timeout SECONDS, --disable-telemetry
                                     taken and not needed: nothing waits so, nothing is told
          --help, --version

        Environment: AWS_MCP_PROXY_PROFILES goes before --profile; AWS_REGION, AWS_PROFILE, … as
        everywhere.

        Example:
          mcp-proxy-for-aws https://x.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp

        """
}

/// Signs where there is something to sign with, and lets requests pass as they are elsewhere.
struct LenientAuthorizer: Authorizer {
    private let signer: SigV4Authorizer
    private let log: Log

    init(_ signer: SigV4Authorizer, _ log: Log) {
        self.signer = signer
        self.log = log
    }

    func authorize(_ request: inout HTTPClientRequest) async throws(Failure) {
        do throws(Failure) {
            try await signer.authorize(&request)
        } catch {
            if error.code == .cancelled { throw error }
            log(.debug, "The request is not signed: \(error.message)")
        }
    }

    func refused(
        _ request: HTTPClientRequest, status: Int, fields: HTTPFields, body: [UInt8]
    ) async -> Bool {
        await signer.refused(request, status: status, fields: fields, body: body)
    }
}
