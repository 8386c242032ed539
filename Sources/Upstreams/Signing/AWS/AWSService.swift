/// A service of AWS: what it is called where.
package struct AWSService: Sendable, Hashable {
    /// Its id, as the names of settings spell it: words with blanks between them.
    package let id: String
    /// What its hosts begin with.
    package let prefix: String
    /// What signatures call it.
    package let signingName: String

    /// A service; signatures call it like its hosts unless said otherwise.
    package init(_ id: String, prefix: String, signingName: String? = nil) {
        self.id = id
        self.prefix = prefix
        self.signingName = signingName ?? prefix
    }

    /// Runtimes, gateways and identities, for those who use them.
    package static let agentCore = AWSService("Bedrock AgentCore", prefix: "bedrock-agentcore")
    /// The same, for those who make them.
    package static let agentCoreControl = AWSService(
        "Bedrock AgentCore Control", prefix: "bedrock-agentcore-control",
        signingName: "bedrock-agentcore")
    /// Temporary credentials.
    package static let sts = AWSService("STS", prefix: "sts")
    /// Credentials of people who signed in at a portal.
    package static let sso = AWSService("SSO", prefix: "portal.sso", signingName: "awsssoportal")
    /// Their tokens.
    package static let ssoOIDC = AWSService("SSO OIDC", prefix: "oidc", signingName: "sso-oauth")
    /// Tokens of `aws login`.
    package static let signin = AWSService("Signin", prefix: "signin")
    /// Secrets by name.
    package static let secretsManager = AWSService("Secrets Manager", prefix: "secretsmanager")

    /// The variable that names another endpoint.
    package var endpointVariable: String { "AWS_ENDPOINT_URL_\(key.uppercased())" }

    /// The service in a section of services.
    package var key: String { id.lowercased().split(separator: " ").joined(separator: "_") }
}
