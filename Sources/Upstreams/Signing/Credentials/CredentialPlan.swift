/// What credentials are got with, after everything was read that decides it.
indirect enum CredentialPlan: Sendable, Hashable {
    /// The variables of the environment.
    case environment
    /// Keys that a file says.
    case fixed(AWSCredentials)
    /// A role, taken on with the credentials of another plan.
    case role(AssumedRole, source: CredentialPlan)
    /// A role, taken on with a token that somebody else keeps in a file.
    case webIdentity(WebIdentity)
    /// A role of somebody who signed in at a portal.
    case sso(SSOLogin)
    /// Somebody who ran `aws login`.
    case login(LoginSession)
    /// What a program prints.
    case process(CredentialProcess)
    /// What a container's host offers.
    case container
    /// What the machine's metadata service offers.
    case instance

    /// What a role is taken on with.
    struct AssumedRole: Sendable, Hashable {
        var arn: String
        var sessionName: String?
        var externalId: String?
        /// How long for, in seconds; nil for the usual hour.
        var duration: Int?
        /// The region whose STS is asked; nil for the one of the settings.
        var region: String?
        var profile: String?
    }

    /// A role and the file with the token for it.
    struct WebIdentity: Sendable, Hashable {
        var roleARN: String
        var tokenFile: String
        var sessionName: String?
        var region: String?
        var profile: String?
    }

    /// A portal, and the role wanted there.
    struct SSOLogin: Sendable, Hashable {
        /// The name of the `sso-session`; nil for profiles of the older form.
        var session: String?
        var startURL: String
        var region: String
        var account: String
        var role: String
        var profile: String
    }

    /// A session of `aws login`.
    struct LoginSession: Sendable, Hashable {
        var name: String
        var profile: String
        var region: String?
    }

    /// A program.
    struct CredentialProcess: Sendable, Hashable {
        var command: String
        var profile: String
        /// The account that the profile names.
        var account: String?
    }
}
