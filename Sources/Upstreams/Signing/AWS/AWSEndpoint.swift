/// Where a service is asked.
package struct AWSEndpoint: Sendable, Hashable {
    /// Which kinds of host are wanted.
    package struct Variant: Sendable, Hashable {
        /// Hosts with cryptography that is certified by FIPS 140.
        package var isFIPS = false
        /// Hosts that speak IPv6, too.
        package var isDualStack = false

        /// The usual hosts.
        package init() {}
    }

    /// The URL that the paths of operations are added to, without a slash at its end.
    package let url: String
    /// The region that signatures are for.
    package let signingRegion: String

    /// An endpoint that is named.
    package init(url: String, signingRegion: String) {
        var url = url[...]
        while url.hasSuffix("/") { url = url.dropLast() }
        self.url = String(url)
        self.signingRegion = signingRegion
    }

    /// The endpoint of a service in a region.
    package init(_ service: AWSService, region: String, variant: Variant = Variant()) {
        let partition = AWSPartition.of(region: region)
        if service == .signin, variant == Variant() {
            self.init(
                url: "https://\(region).\(partition.signinSuffix)", signingRegion: region)
            return
        }
        let suffix = variant.isDualStack ? partition.dualStackSuffix : partition.suffix
        // In these regions every host of these services is certified, and none is called so.
        let isPlain =
            partition.id == "aws-us-gov" && !variant.isDualStack
            && [AWSService.sts, .sso, .ssoOIDC].contains(service)
        let fips = variant.isFIPS && !isPlain ? "-fips" : ""
        self.init(
            url: "https://\(service.prefix)\(fips).\(region).\(suffix)", signingRegion: region)
    }
}
