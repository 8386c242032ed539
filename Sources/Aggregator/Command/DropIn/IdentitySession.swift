import Machine
import Signing
import Upstreams
import Wire

/// The session that everything of one identity shares.
enum IdentitySession {
    /// Its name: the same for the same identity, on every machine and in every version.
    static func name(of identity: AWSIdentity) -> String {
        name(account: identity.account, userId: identity.userId, arn: identity.arn)
    }

    /// The first sixteen bytes of a digest over what the token service says, as a UUID.
    static func name(account: String, userId: String, arn: String) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        for text in [account, userId, arn] { writer.string(text) }
        writer.endArray()
        return "identity-\(UUIDText.text(Digest.sha256(writer.bytes)[...]))"
    }
}
