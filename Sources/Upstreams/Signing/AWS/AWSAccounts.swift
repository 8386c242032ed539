package import Aggregator
package import Machine

/// Who we are to AWS: one for the process, which every upstream asks.
package final class AWSAccounts: Sendable {
    /// The time that signatures are made with.
    package let clock: AWSClock
    private let environment: Environment
    private let loop: EventLoop
    private let time: any Timekeeper

    /// Accounts as the environment describes them, for upstreams on a loop.
    package init(
        _ environment: Environment, on loop: EventLoop, time: any Timekeeper,
        clock: AWSClock = AWSClock()
    ) {
        self.environment = environment
        self.loop = loop
        self.time = time
        self.clock = clock
    }

    /// How servers are reached for these settings: with the authorities that AWS's variables name.
    package func clientSettings(_ settings: AWSSettings) -> HTTPClientSettings {
        var client = HTTPClientSettings(environment)
        let bundle =
            environment.filled("AWS_CA_BUNDLE") ?? environment.filled("REQUESTS_CA_BUNDLE")
        if let bundle {
            client.trust.file = bundle
            client.trust.folders = []
        }
        return client
    }

    /// Where the credentials for these settings come from.
    package func provider(_ settings: AWSSettings) -> any CredentialsProvider {
        EnvironmentCredentials(environment, clock: clock)
    }

    /// The region for these settings, where neither an ARN nor a host says it.
    package func region(_ settings: AWSSettings) throws(Failure) -> String {
        let region =
            settings.region ?? environment.filled("AWS_REGION")
            ?? environment.filled("AWS_DEFAULT_REGION")
        guard let region else {
            throw Failure(
                .unavailable,
                "Could not find out the AWS region: set AWS_REGION, or name one in the configuration."
            )
        }
        return region
    }

    /// Where a service is asked in a region.
    package func endpoint(
        _ service: AWSService, region: String, _ settings: AWSSettings
    ) throws(Failure) -> AWSEndpoint {
        let named =
            environment.filled(service.endpointVariable) ?? environment.filled("AWS_ENDPOINT_URL")
        if let named { return AWSEndpoint(url: named, signingRegion: region) }
        return AWSEndpoint(service, region: region)
    }
}
