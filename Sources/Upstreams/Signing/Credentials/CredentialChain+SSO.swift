import Aggregator

extension CredentialChain {
    /// The plan of a profile that signs in at a portal; nil if it does not.
    func sso(_ profile: String) throws(Failure) -> CredentialPlan? {
        let settings = profiles.all[profile] ?? [:]
        guard settings["sso_role_name"] != nil || settings["sso_account_id"] != nil else {
            return nil
        }
        let session = settings.text("sso_session")
        let merged =
            try session.map { (name) throws(Failure) in
                try merge(settings, with: name, profile)
            } ?? settings
        let keys = ["sso_role_name", "sso_account_id", "sso_start_url", "sso_region"]
        let missing = keys.filter { merged.text($0) == nil }
        guard missing.isEmpty else {
            throw .credentials(
                """
                the profile '\(profile)' signs in by SSO, but lacks \
                \(missing.joined(separator: ", ")); 'aws configure sso' asks for all of it
                """)
        }
        return .sso(
            .init(
                session: session, startURL: merged.text("sso_start_url") ?? "",
                region: merged.text("sso_region") ?? "",
                account: merged.text("sso_account_id") ?? "",
                role: merged.text("sso_role_name") ?? "", profile: profile))
    }

    /// What both say must agree.
    private func merge(
        _ settings: AWSProfiles.Section, with session: String, _ profile: String
    ) throws(Failure) -> AWSProfiles.Section {
        guard let shared = profiles.ssoSessions[session] else {
            throw .credentials(
                "the sso-session '\(session)' of the profile '\(profile)' does not exist")
        }
        for key in ["sso_start_url", "sso_region"] where shared[key] == nil {
            throw .credentials("the sso-session '\(session)' lacks \(key)")
        }
        for (key, value) in shared where settings[key] ?? value != value {
            throw .credentials(
                """
                the profile '\(profile)' and its sso-session '\(session)' say different things about \
                \(key)
                """)
        }
        return settings.merging(shared) { _, common in common }
    }
}
