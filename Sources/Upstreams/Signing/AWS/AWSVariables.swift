import Machine

/// What the environment and a profile say; the environment first.
struct AWSVariables: Sendable {
    let environment: Environment
    /// The profile's name.
    let name: String
    let profile: AWSProfiles.Section
    /// The section of services that the profile names.
    let services: AWSProfiles.Section

    /// The value of a variable, or of the profile's key; empty ones count as unset.
    subscript(variable: String, key: String) -> String? {
        environment.filled(variable) ?? profile.text(key).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether a variable, or the profile's key, says `true`.
    func isSet(_ variable: String, _ key: String) -> Bool {
        self[variable, key]?.lowercased() == "true"
    }

    /// Which kinds of host are wanted.
    var variant: AWSEndpoint.Variant {
        var variant = AWSEndpoint.Variant()
        variant.isFIPS = isSet("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")
        variant.isDualStack = isSet("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")
        return variant
    }

    /// The endpoint that is named for a service instead of its own.
    func namedEndpoint(_ service: AWSService) -> String? {
        let ignored = isSet(
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls")
        guard !ignored else { return nil }
        if let url = environment.filled(service.endpointVariable) { return url }
        if let url = environment.filled("AWS_ENDPOINT_URL") { return url }
        if case .nested(let keys) = services[service.key], let url = keys["endpoint_url"] {
            return url
        }
        return profile.text("endpoint_url").flatMap { $0.isEmpty ? nil : $0 }
    }
}
