package import Aggregator
package import Machine

extension AWSAccounts {
    /// The region for these settings, where neither an ARN nor a host says it; nil where nothing does.
    package func region(_ settings: AWSSettings) throws(Failure) -> String? {
        if let region = settings.region { return region }
        let variables = try variables(settings)
        return variables.environment.filled("AWS_REGION")
            ?? variables["AWS_DEFAULT_REGION", "region"]
    }

    /// Where a service is asked in a region.
    package func endpoint(
        _ service: AWSService, region: String, _ settings: AWSSettings
    ) throws(Failure) -> AWSEndpoint {
        try endpoint(service, region: region, try variables(settings))
    }

    func endpoint(
        _ service: AWSService, region: String, _ variables: AWSVariables
    ) throws(Failure) -> AWSEndpoint {
        guard AWSEndpoint.isLabel(region) else {
            throw Failure(.unavailable, "'\(region)' is not the name of an AWS region.")
        }
        let variant = variables.variant
        guard let url = variables.namedEndpoint(service) else {
            if service == .sts, !variant.isFIPS, !variant.isDualStack,
                variables["AWS_STS_REGIONAL_ENDPOINTS", "sts_regional_endpoints"] == "legacy",
                AWSEndpoint.isGlobal(region)
            {
                return AWSEndpoint(url: "https://sts.amazonaws.com", signingRegion: "us-east-1")
            }
            return AWSEndpoint(service, region: region, variant: variant)
        }
        guard (try? HTTPAddress(url)) != nil else {
            throw Failure(
                .unavailable,
                """
                Could not find out where to ask '\(service.id)': the endpoint that \
                \(service.endpointVariable), AWS_ENDPOINT_URL or the profile '\(variables.name)' names \
                is not a URL.
                """)
        }
        return AWSEndpoint(url: url, signingRegion: region)
    }

    /// How servers are reached for these settings: with the authorities that AWS's settings name.
    package func clientSettings(_ settings: AWSSettings) -> HTTPClientSettings {
        guard let variables = try? variables(settings) else {
            return HTTPClientSettings(aws: environment)
        }
        return HTTPClientSettings(aws: environment, bundle: variables.profile.text("ca_bundle"))
    }

    /// How often a request that provably did not run may be made in all.
    package func attempts(_ settings: AWSSettings) -> Int {
        let variables = try? variables(settings)
        let count = variables?["AWS_MAX_ATTEMPTS", "max_attempts"].flatMap { Int($0) }
        return max(1, min(count ?? AWSNetwork.usualAttempts, 10))
    }
}

extension HTTPClientSettings {
    /// The usual settings, with the authorities of AWS's variables or of a profile.
    init(aws environment: Environment, bundle: String? = nil) {
        self.init(environment)
        let named =
            environment.filled("AWS_CA_BUNDLE") ?? bundle.flatMap { $0.isEmpty ? nil : $0 }
            ?? environment.filled("REQUESTS_CA_BUNDLE")
        guard let named else { return }
        trust.file = named
        trust.folders = []
    }
}

extension AWSEndpoint {
    /// Regions that had one global token service before each had its own.
    private static let global = [
        "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1",
        "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
        "us-east-1", "us-east-2", "us-west-1", "us-west-2",
    ]

    /// Whether the older setting sends this region to the global token service.
    static func isGlobal(_ region: String) -> Bool { global.contains(region) }

    /// Whether a region can be a part of a host's name.
    static func isLabel(_ region: String) -> Bool {
        let isLong = region.utf8.count > 63
        return !region.isEmpty && !isLong && region.first != "-" && region.last != "-"
            && region.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
