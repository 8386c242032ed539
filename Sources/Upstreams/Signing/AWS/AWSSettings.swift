/// What the configuration says of an upstream's account; all of it is optional.
package struct AWSSettings: Sendable, Hashable {
    /// A role to take on.
    package struct Role: Sendable, Hashable {
        package var arn: String
        /// What the role's owner asks for, if anything.
        package var externalId: String?
        /// What the session is called; nil for our own name.
        package var sessionName: String?

        /// A role with every part given.
        package init(arn: String, externalId: String? = nil, sessionName: String? = nil) {
            self.arn = arn
            self.externalId = externalId
            self.sessionName = sessionName
        }
    }

    /// A profile of `~/.aws`, which then decides alone; nil for what the environment says.
    package var profile: String?
    /// The region, where nothing better says it.
    package var region: String?
    /// A role that is taken on with the credentials that were found.
    package var role: Role?

    /// Settings with every part given.
    package init(profile: String? = nil, region: String? = nil, role: Role? = nil) {
        self.profile = profile
        self.region = region
        self.role = role
    }
}
