import Wire

/// Which header fields a caller may send, how long they may be, and which of them reach a program.
enum HeaderRules {
    static let session: FieldName = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"
    static let user: FieldName = "X-Amzn-Bedrock-AgentCore-Runtime-User-Id"
    static let request: FieldName = "X-Amzn-Bedrock-AgentCore-Runtime-Request-Id"
    static let workload: FieldName = "WorkloadAccessToken"
    static let trace: FieldName = "X-Amzn-Trace-Id"
    private static let customPrefix = "x-amzn-bedrock-agentcore-runtime-custom-"

    /// Lengths in bytes, and what the member of the API is called (data plane model).
    private static let lengths: [(name: FieldName, member: String, range: ClosedRange<Int>)] = [
        (session, "runtimeSessionId", 33...256),
        (user, "runtimeUserId", 1...1024),
        (.contentType, "contentType", 1...256),
        (.accept, "accept", 1...256),
        (.mcpSessionId, "mcpSessionId", 1...1024),
        (.mcpProtocolVersion, "mcpProtocolVersion", 1...1024),
        (.mcpMethod, "mcpMethod", 1...1024),
        (.mcpName, "mcpName", 1...1024),
        (trace, "traceId", 0...128),
        (.traceparent, "traceParent", 0...128),
        (.tracestate, "traceState", 0...512),
        ("baggage", "baggage", 0...8192),
    ]

    /// The largest body, in bytes.
    static let mostBytes = 100_000_000

    /// Throws what the API says of a member whose length is wrong.
    static func check(_ fields: Fields) throws(EdgeFailure) {
        for rule in lengths {
            guard let count = fields[rule.name]?.bytes.count, !rule.range.contains(count) else {
                continue
            }
            let isShort = count < rule.range.lowerBound
            let bound = isShort ? rule.range.lowerBound : rule.range.upperBound
            throw EdgeFailure(
                .validation,
                "1 validation error detected: Value at '\(rule.member)' failed to satisfy constraint: "
                    + "Member must have length \(isShort ? "greater" : "less") than or equal to "
                    + "\(bound)")
        }
        for field in fields where field.name.text.lowercased().hasPrefix(customPrefix) {
            guard field.value.bytes.count <= 4096 else {
                throw EdgeFailure(.validation, "Header value exceeds the limit of 4096 bytes.")
            }
        }
    }

    /// What reaches every program.
    static let usual: [FieldName] = [
        .contentType, .accept, .mcpProtocolVersion, .mcpMethod, .mcpName, .traceparent, .tracestate,
        "baggage", trace,
    ]

    /// The fields of answers that reach the caller.
    static let answered = [
        "Content-Type", "Mcp-Protocol-Version", "X-Amzn-Trace-Id", "traceparent", "tracestate",
        "baggage",
    ]

    // MARK: The list of a runtime

    /// Whether a name may be on a runtime's list (AgentCore, "Header allowlist").
    @Sendable static func mayBeAllowed(_ name: String) -> Bool {
        let name = name.lowercased()
        guard name.utf8.first.map({ (0x61...0x7A).contains($0) }) == true, name.utf8.count <= 256,
            name.utf8.allSatisfy({
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0)
                    || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            }), !restricted.contains(name)
        else { return false }
        if name.hasPrefix("x-amz-") { return name == "x-amz-bedrock-agentcore-identity-wat" }
        return !name.hasPrefix("x-amzn-") || name.hasPrefix(customPrefix)
    }

    /// What never reaches a program, in lower case.
    private static let restricted = Set(
        """
        proxy-authorization www-authenticate accept accept-charset accept-encoding accept-language
        content-type content-length content-encoding content-language content-location content-range
        cache-control etag expires if-match if-modified-since if-none-match if-range
        if-unmodified-since last-modified pragma vary connection keep-alive proxy-connection upgrade
        host user-agent referer from range accept-ranges transfer-encoding te trailer server date
        location retry-after set-cookie cookie content-security-policy
        content-security-policy-report-only strict-transport-security x-content-type-options
        x-frame-options x-xss-protection referrer-policy permissions-policy
        cross-origin-embedder-policy cross-origin-opener-policy cross-origin-resource-policy
        access-control-allow-origin access-control-allow-methods access-control-allow-headers
        access-control-allow-credentials access-control-expose-headers access-control-max-age
        access-control-request-method access-control-request-headers origin accept-ch
        accept-ch-lifetime dpr width viewport-width downlink ect rtt save-data clear-site-data
        feature-policy expect-ct public-key-pins public-key-pins-report-only via forwarded
        x-forwarded-for x-forwarded-host x-forwarded-proto x-real-ip x-requested-with x-csrf-token
        true-client-ip x-client-ip x-cluster-client-ip x-originating-ip x-source-ip x-original-url
        x-original-host x-rewrite-url cf-ray cf-connecting-ip x-amz-cf-id x-cache x-served-by link
        sec-websocket-key sec-websocket-accept sec-websocket-version sec-websocket-protocol
        sec-websocket-extensions
        """.split(whereSeparator: \.isWhitespace).map(String.init))
}
