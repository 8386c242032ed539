package import Aggregator
import Signing
import Wire

/// What an entry says of its AWS account: the keys `profile`, `region` and `role`.
package struct AWSKeys: Sendable, Equatable {
    /// The value of `role`.
    package struct Role: Sendable, Equatable {
        package var arn: Text = ""
        package var externalId: Text?
        package var sessionName: Text?

        package init() {}
    }

    package var profile: Text?
    package var region: Text?
    package var role: Role?

    package init() {}

    /// The same for whoever finds the credentials.
    var settings: AWSSettings {
        AWSSettings(
            profile: profile?.value, region: region?.value,
            role: role.map { role in
                AWSSettings.Role(
                    arn: role.arn.value, externalId: role.externalId?.value,
                    sessionName: role.sessionName?.value)
            })
    }

    /// How the role is written.
    static let role = Format<Role>.object(
        Shape(
            Role(),
            [
                Key(
                    "arn", \.arn, .filled, "The role's ARN.", isRequired: true,
                    example: "arn:aws:iam::123456789012:role/caller"),
                Key(
                    "externalId", \.externalId, .filled,
                    "What the role's owner asks for, if anything."),
                Key("sessionName", \.sessionName, .filled, "What the session is called."),
            ]))

    private static let regionForm = Schema.Form(
        pattern: "^[a-z]{2,}(-[a-z0-9]+)+$", words: "that is a region, such as 'us-east-1'")

    /// A region's name: it becomes part of a host.
    static let region = Format<Text>.scalar(
        .text(regionForm), show: { .text($0.written) }
    ) { text, meaning in
        guard meaning == .string || text.isExpanded, isRegion(text.value) else { return nil }
        return text
    }

    /// Whether a text can be a region.
    static func isRegion(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return (2...6).contains(parts.count) && text.utf8.count <= 40
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.utf8.allSatisfy {
                        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0)
                    }
            }
    }
}
