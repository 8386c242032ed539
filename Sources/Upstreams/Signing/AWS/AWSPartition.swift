/// A part of AWS with names of its own, such as China's.
package struct AWSPartition: Sendable, Hashable {
    /// As ARNs name it.
    package let id: String
    /// What hosts end with.
    package let suffix: String
    /// What hosts end with that speak IPv6, too.
    package let dualStackSuffix: String
    /// What the hosts of `aws login` end with.
    let signinSuffix: String
    private let prefix: String

    private init(
        _ id: String, _ prefix: String, _ suffix: String, _ dualStackSuffix: String,
        signin: String
    ) {
        self.id = id
        self.prefix = prefix
        self.suffix = suffix
        self.dualStackSuffix = dualStackSuffix
        signinSuffix = "signin.\(signin)"
    }

    /// The partition of a region; a region that nobody knows is of the usual one.
    package static func of(region: String) -> AWSPartition {
        others.first { region.hasPrefix($0.prefix) } ?? usual
    }

    /// Whether a host's name is one of AWS's own.
    package static func owns(host: String) -> Bool {
        ([usual] + others).contains { partition in
            [partition.suffix, partition.dualStackSuffix].contains { host.hasSuffix(".\($0)") }
        }
    }

    private static let usual = AWSPartition(
        "aws", "", "amazonaws.com", "api.aws", signin: "aws.amazon.com")

    private static let others = [
        AWSPartition(
            "aws-cn", "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn",
            signin: "amazonaws.cn"),
        AWSPartition(
            "aws-us-gov", "us-gov-", "amazonaws.com", "api.aws", signin: "amazonaws-us-gov.com"),
        AWSPartition(
            "aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov", signin: "c2shome.ic.gov"),
        AWSPartition(
            "aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud", signin: "sc2shome.sgov.gov"),
        AWSPartition(
            "aws-iso-e", "eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk",
            signin: "csphome.adc-e.uk"),
        AWSPartition(
            "aws-iso-f", "us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov",
            signin: "csphome.hci.ic.gov"),
        AWSPartition(
            "aws-eusc", "eusc-", "amazonaws.eu", "api.amazonwebservices.eu",
            signin: "amazonaws-eusc.eu"),
    ]
}
