import Aggregator
import Machine

/// Decides where credentials come from, in the order of AWS's own tools; pure.
///
/// The first place that is configured wins. What is configured and broken is a failure: nobody is to
/// act as somebody else because of a typing error.
struct CredentialChain: Sendable {
    let profiles: AWSProfiles
    private let environment: Environment
    /// The region whose services are asked.
    private let region: String?

    /// The chain over what was read.
    init(_ profiles: AWSProfiles, _ environment: Environment, region: String?) {
        self.profiles = profiles
        self.environment = environment
        self.region = region
    }

    /// The plan for a profile; one that the configuration names decides alone (`isExplicit`).
    func plan(_ profile: String, isExplicit: Bool) throws(Failure) -> CredentialPlan {
        if !isExplicit, environment.filled("AWS_ACCESS_KEY_ID") != nil { return .environment }
        if let plan = try role(of: profile) { return plan }
        if let plan = try ofProfile(profile, usesEnvironment: !isExplicit) { return plan }
        if isContainer { return .container }
        return .instance
    }

    private var isContainer: Bool {
        environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] != nil
            || environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] != nil
    }

    /// What a profile says without a role of its own; nil if it says nothing.
    private func ofProfile(
        _ profile: String, usesEnvironment: Bool
    ) throws(Failure) -> CredentialPlan? {
        if let plan = try webIdentity(profile, usesEnvironment) { return plan }
        if let plan = try sso(profile) { return plan }
        if let plan = try keys(profile, profiles.inCredentials, profiles.credentialsName) {
            return plan
        }
        let settings = profiles.all[profile] ?? [:]
        if let name = settings.text("login_session") {
            return .login(.init(name: name, profile: profile, region: region))
        }
        if let command = settings.text("credential_process") {
            return .process(
                .init(
                    command: command, profile: profile, account: settings.text("aws_account_id")))
        }
        return try keys(profile, profiles.inConfig, profiles.configName)
    }

    private func keys(
        _ profile: String, _ sections: [String: AWSProfiles.Section], _ file: String
    ) throws(Failure) -> CredentialPlan? {
        guard let settings = sections[profile], let id = settings.text("aws_access_key_id") else {
            return nil
        }
        let secret = settings.text("aws_secret_access_key") ?? ""
        guard !id.isEmpty, !secret.isEmpty else {
            throw .credentials(
                """
                the profile '\(profile)' in '\(file)' has only one of aws_access_key_id and \
                aws_secret_access_key
                """)
        }
        return .fixed(
            AWSCredentials(
                accessKeyId: id, secretAccessKey: secret,
                sessionToken: settings.text("aws_security_token")
                    ?? settings.text("aws_session_token"),
                accountId: settings.text("aws_account_id"),
                source: "the profile '\(profile)' in \(file)"))
    }

    private func webIdentity(
        _ profile: String, _ usesEnvironment: Bool
    ) throws(Failure) -> CredentialPlan? {
        func setting(_ variable: String, _ key: String) -> String? {
            (usesEnvironment ? environment[variable] : nil) ?? profiles.all[profile]?.text(key)
        }
        let file = setting("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file") ?? ""
        guard !file.isEmpty else { return nil }
        let role = setting("AWS_ROLE_ARN", "role_arn") ?? ""
        guard !role.isEmpty else {
            throw .credentials(
                """
                there is a web identity token at '\(file)', but no role for it; set AWS_ROLE_ARN, or \
                role_arn in the profile '\(profile)'
                """)
        }
        return .webIdentity(
            .init(
                roleARN: role, tokenFile: file,
                sessionName: setting("AWS_ROLE_SESSION_NAME", "role_session_name"),
                region: region, profile: profile))
    }
}

// MARK: Roles

extension CredentialChain {
    private static let sources: [String: CredentialPlan] = [
        "Environment": .environment, "EcsContainer": .container, "Ec2InstanceMetadata": .instance,
    ]

    /// A role that the configuration names, taken on with what `plan` gives.
    func role(_ role: AWSSettings.Role, source plan: CredentialPlan) -> CredentialPlan {
        .role(
            .init(
                arn: role.arn, sessionName: role.sessionName, externalId: role.externalId,
                region: region),
            source: plan)
    }

    /// The plan of a profile with a role; nil if it has none.
    private func role(of profile: String) throws(Failure) -> CredentialPlan? {
        guard hasRole(profile) else { return nil }
        return try role(of: profile, visited: [profile])
    }

    /// Web identity has a role, too, and is another thing.
    private func hasRole(_ profile: String) -> Bool {
        guard let settings = profiles.all[profile] else { return false }
        return settings["role_arn"] != nil && settings["web_identity_token_file"] == nil
    }

    private func hasKeys(_ profile: String) -> Bool {
        guard let settings = profiles.all[profile] else { return false }
        return settings["aws_access_key_id"] != nil || settings["aws_secret_access_key"] != nil
    }

    private func role(of profile: String, visited: [String]) throws(Failure) -> CredentialPlan {
        let settings = profiles.all[profile] ?? [:]
        let source = try source(settings, of: profile, visited)
        guard settings["mfa_serial"] == nil else {
            throw .credentials(
                """
                the profile '\(profile)' asks for the code of an MFA device, and nobody can type one \
                here; use a profile that signs in with 'aws sso login', or put the keys of 'aws sts \
                get-session-token' into a profile of their own
                """)
        }
        return .role(
            .init(
                arn: settings.text("role_arn") ?? "",
                sessionName: settings.text("role_session_name"),
                externalId: settings.text("external_id"),
                duration: settings.text("duration_seconds").flatMap { Int($0) }, region: region,
                profile: profile),
            source: source)
    }

    private func source(
        _ settings: AWSProfiles.Section, of profile: String, _ visited: [String]
    ) throws(Failure) -> CredentialPlan {
        switch (settings.text("source_profile"), settings.text("credential_source")) {
        case (.some, .some):
            throw .credentials(
                "the profile '\(profile)' has both source_profile and credential_source")
        case (nil, nil):
            throw .credentials(
                """
                the profile '\(profile)' has a role_arn, but no source_profile or credential_source to \
                take it on with
                """)
        case (nil, .some(let name)):
            return try named(name, of: profile)
        case (.some(let source), nil):
            return try sourceProfile(source, of: profile, visited)
        }
    }

    private func named(_ source: String, of profile: String) throws(Failure) -> CredentialPlan {
        let names = Self.sources.keys.sorted().joined(separator: ", ")
        guard let plan = Self.sources[source] else {
            throw .credentials(
                """
                the credential_source '\(source)' of the profile '\(profile)' is none of \(names)
                """)
        }
        if plan == .environment, environment.filled("AWS_ACCESS_KEY_ID") == nil {
            throw .credentials(
                "the profile '\(profile)' wants the keys of the environment, and there are none")
        }
        if plan == .container, !isContainer {
            throw .credentials(
                "the profile '\(profile)' wants the credentials of a container, and this is none")
        }
        return plan
    }

    private func sourceProfile(
        _ source: String, of profile: String, _ visited: [String]
    ) throws(Failure) -> CredentialPlan {
        guard profiles.all[source] != nil else {
            throw .credentials(
                "the source_profile '\(source)' of the profile '\(profile)' does not exist")
        }
        if visited.contains(source), source != profile || !hasKeys(source) {
            throw .credentials(
                """
                the profiles \((visited + [source]).map { "'\($0)'" }.joined(separator: " → ")) go \
                round in a circle
                """)
        }
        if !hasKeys(source), hasRole(source) {
            return try role(of: source, visited: visited + [source])
        }
        guard let plan = try ofProfile(source, usesEnvironment: false) else {
            throw .credentials(
                "the source_profile '\(source)' of the profile '\(profile)' has no credentials")
        }
        return plan
    }
}
