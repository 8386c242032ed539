import Aggregator

/// What a local AgentCore consists of; the file of `manifold emulate`.
package struct EmulatorSettings: Sendable {
    /// The address that it listens at, always one of this machine.
    package var address = "127.0.0.1"
    /// The port; 0 lets the system choose one.
    package var port = 8800
    /// The account that owns everything: 12 digits.
    package var account = "123456789012"
    /// The region that requests are signed for.
    package var region = "us-east-1"
    /// How much faster than real the platform's times pass: idle and life times, cold starts, probes.
    ///
    /// What programs and clients need is not in its power: their starts, signatures and tokens.
    package var speed = 1
    /// The key pair that may do everything.
    package var key = KeySettings()
    /// The role whose temporary credentials are handed out.
    package var role = RoleSettings()
    /// The servers that are invoked, in the order of the file.
    package var runtimes: [RuntimeSettings] = []
    /// The gateways, in the order of the file.
    package var gateways: [GatewaySettings] = []
    /// Who gets tokens.
    package var issuer = IssuerSettings()
    /// Who gets them without a secret of its own.
    package var identity = WorkloadSettings()

    /// An account in which there is nothing.
    package init() {}
}

/// A long-lived key pair.
package struct KeySettings: Sendable {
    /// Its public half.
    package var accessKeyId = "AKIAEMULATEDEXAMPLE0"
    /// Its other half, which is none of anybody's secrets: it works here only.
    package var secretAccessKey = "emulated/secret/key/for/this/machine/only"

    init() {}
}

/// A role that the metadata services give credentials of.
package struct RoleSettings: Sendable {
    /// Its name.
    package var name = "emulated-role"
    /// How long its credentials are good for.
    package var life = Duration.seconds(3600)
    /// What containers show to the credentials endpoint.
    package var containerToken = "emulated-container-token"

    init() {}
}

/// Who asks the token endpoint, and what they get.
package struct IssuerSettings: Sendable {
    /// How long a token is good for.
    package var tokenLife = Duration.seconds(3600)
    /// Clients by their id.
    package var clients: [(id: String, client: TokenClient)] = [
        (id: "demo", client: TokenClient(secret: "demo-secret", scopes: ["emulator/use"]))
    ]

    init() {}
}

/// A client of the issuer (RFC 6749, section 4.4).
package struct TokenClient: Sendable {
    /// What it proves itself with.
    package var secret = ""
    /// The scopes that it may have; without a wish it gets all of them.
    package var scopes: [String] = []
}

/// AgentCore Identity: who may ask it, and for what.
package struct WorkloadSettings: Sendable {
    /// Workloads besides the runtimes, each of which is one by its id.
    package var workloads: [String] = []
    /// Credential providers by name, each with the client of the issuer whose tokens it gives.
    package var providers: [(name: String, client: String)] = [
        (name: "demo", client: "demo")
    ]

    init() {}
}
