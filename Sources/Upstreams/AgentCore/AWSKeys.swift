package import Aggregator
import Machine
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
                    "arn", \.arn, roleName, "The role's ARN.", isRequired: true,
                    example: "arn:aws:iam::123456789012:role/caller"),
                Key(
                    "externalId", \.externalId, .filled,
                    "What the role's owner asks for, if anything."),
                Key("sessionName", \.sessionName, .filled, "What the session is called."),
            ]))

    private static let roleForm = Schema.Form(
        pattern: "^(arn:aws[a-z-]*:iam::[0-9]{12}:role/\\S+|.*\\$\\{.*)$",
        words: "that is the ARN of an IAM role, 'arn:aws:iam::ACCOUNT:role/NAME'")

    /// A role's ARN; one that is a secret may not have been read.
    private static let roleName = Format<Text>.scalar(
        .text(roleForm), show: { .text($0.written) }
    ) { text, meaning in
        guard meaning == .string || text.isExpanded else { return nil }
        let isSecret = !Expansion.secrets(in: text.written).isEmpty
        return isSecret || isRole(text.value) ? text : nil
    }

    /// Whether a text is the ARN of a role of IAM, in any partition.
    static func isRole(_ arn: String) -> Bool {
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", RuntimeName.isPartition(parts[1]),
            parts[2] == "iam", parts[3].isEmpty, parts[4].utf8.count == 12,
            parts[4].utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return false }
        let path = parts[5].split(separator: "/", omittingEmptySubsequences: false)
        return path.count > 1 && path[0] == "role"
            && path.dropFirst().allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isOfName) }
    }

    /// Whether a byte may be in the name of a role, or of a folder of its path (IAM, "Quotas").
    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "_+=,.@-".utf8.contains(byte)
        }
    }

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

extension Reading {
    /// Reports an address of AWS to which signatures or tokens would go for everybody to read.
    mutating func checkSecure(_ url: Text?, _ key: String, _ node: Node) {
        guard let url, let address = try? HTTPAddress(url.value), !address.isSecure,
            AWSPartition.owns(host: address.host)
        else { return }
        report(
            "\(part("'\(key)'")) must begin with 'https://': everybody on the way could read what "
                + "is sent to AWS", at: node[key]?.mark ?? node.mark)
    }
}
