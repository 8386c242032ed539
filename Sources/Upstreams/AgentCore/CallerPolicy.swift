import Wire

/// The rights that a caller needs, as a policy of IAM.
package enum CallerPolicy {
    /// For a runtime, or several: both on it and on its endpoints.
    package static func runtimes(_ names: [RuntimeName]) -> String {
        text(
            "bedrock-agentcore:InvokeAgentRuntime",
            names.flatMap { [$0.resource, "\($0.resource)/runtime-endpoint/*"] })
    }

    /// For a gateway.
    package static func gateway(_ arn: String) -> String {
        text("bedrock-agentcore:InvokeGateway", [arn])
    }

    private static func text(_ action: String, _ resources: [String]) -> String {
        let lines = resources.map { "        \(quoted($0))" }.joined(separator: ",\n")
        return """
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Allow",
                  "Action": "\(action)",
                  "Resource": [
            \(lines)
                  ]
                }
              ]
            }

            """
    }

    private static func quoted(_ text: String) -> String {
        String(decoding: JSONWriter.quoted(text), as: UTF8.self)
    }
}
