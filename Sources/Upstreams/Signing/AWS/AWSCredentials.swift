/// A key pair of AWS, and where it came from.
package struct AWSCredentials: Sendable, Hashable {
    package var accessKeyId: String
    /// The secret; never printed.
    package var secretAccessKey: String
    /// What goes with temporary keys.
    package var sessionToken: String?
    /// Seconds since 1970; nil for keys that do not expire.
    package var expires: Int64?
    /// The account they belong to, where that is known without asking.
    package var accountId: String?
    /// What provided them, in words for people: "the profile 'x' in ~/.aws/config".
    package var source: String

    /// Credentials with every part given.
    package init(
        accessKeyId: String, secretAccessKey: String, sessionToken: String? = nil,
        expires: Int64? = nil, accountId: String? = nil, source: String
    ) {
        self.accessKeyId = accessKeyId
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expires = expires
        self.accountId = accountId
        self.source = source
    }
}

extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The id of the key and where it came from: what may be shown.
    package var description: String { "\(accessKeyId) from \(source)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["accessKeyId": accessKeyId]) }
}
