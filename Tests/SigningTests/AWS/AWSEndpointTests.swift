import Testing

@testable import Signing

@Suite struct AWSEndpointTests {
    @Test(
        "every partition has its own names",
        arguments: [
            ("us-west-2", "https://bedrock-agentcore.us-west-2.amazonaws.com"),
            ("cn-north-1", "https://bedrock-agentcore.cn-north-1.amazonaws.com.cn"),
            ("us-gov-west-1", "https://bedrock-agentcore.us-gov-west-1.amazonaws.com"),
            ("us-iso-east-1", "https://bedrock-agentcore.us-iso-east-1.c2s.ic.gov"),
            ("us-isob-east-1", "https://bedrock-agentcore.us-isob-east-1.sc2s.sgov.gov"),
            ("eu-isoe-west-1", "https://bedrock-agentcore.eu-isoe-west-1.cloud.adc-e.uk"),
            ("us-isof-south-1", "https://bedrock-agentcore.us-isof-south-1.csp.hci.ic.gov"),
            ("eusc-de-east-1", "https://bedrock-agentcore.eusc-de-east-1.amazonaws.eu"),
            ("xx-new-1", "https://bedrock-agentcore.xx-new-1.amazonaws.com"),
        ])
    func partitions(region: String, url: String) {
        let endpoint = AWSEndpoint(.agentCore, region: region)
        #expect(endpoint.url == url)
        #expect(endpoint.signingRegion == region)
    }

    @Test("certified hosts and hosts with IPv6 have other names")
    func variants() {
        var variant = AWSEndpoint.Variant()
        variant.isFIPS = true
        func url(_ service: AWSService, _ region: String) -> String {
            AWSEndpoint(service, region: region, variant: variant).url
        }
        #expect(
            url(.agentCore, "us-east-1") == "https://bedrock-agentcore-fips.us-east-1.amazonaws.com"
        )
        #expect(url(.sts, "us-east-1") == "https://sts-fips.us-east-1.amazonaws.com")
        #expect(url(.sts, "us-gov-west-1") == "https://sts.us-gov-west-1.amazonaws.com")
        variant.isDualStack = true
        #expect(url(.agentCore, "us-east-1") == "https://bedrock-agentcore-fips.us-east-1.api.aws")
        variant.isFIPS = false
        #expect(url(.sso, "eu-west-1") == "https://portal.sso.eu-west-1.api.aws")
    }

    @Test("the service of 'aws login' has hosts of its own in every partition")
    func signin() {
        func url(_ region: String) -> String { AWSEndpoint(.signin, region: region).url }
        #expect(url("us-east-2") == "https://us-east-2.signin.aws.amazon.com")
        #expect(url("us-gov-west-1") == "https://us-gov-west-1.signin.amazonaws-us-gov.com")
        #expect(url("eusc-de-east-1") == "https://eusc-de-east-1.signin.amazonaws-eusc.eu")
    }

    @Test("a service is called by its id in settings")
    func names() {
        #expect(AWSService.agentCore.endpointVariable == "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE")
        #expect(AWSService.ssoOIDC.key == "sso_oidc")
        #expect(AWSEndpoint(url: "http://h/a//", signingRegion: "r").url == "http://h/a")
    }
}
