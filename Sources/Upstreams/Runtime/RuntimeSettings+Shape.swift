package import Aggregator
import Wire

extension RuntimeSettings {
    /// How the settings are written.
    package static let format = Format<RuntimeSettings>(Self.shape.schema) { node, reading in
        guard let settings = shape.read(node, into: &reading) else { return nil }
        settings.check(node, &reading)
        return settings
    }

    private static let shape: Shape<RuntimeSettings> = {
        var shape = Shape(Self(), keys)
        shape.alternatives = ["arn", "id"]
        return shape
    }()

    /// The keys, which bridges have too.
    static let keys = named + others

    private static let named: [Key<RuntimeSettings>] = [
        Key(
            "arn", \.arn, name, "The ARN of the runtime, or of one of its endpoints.",
            example: "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/weather-abcdefghij"),
        Key(
            "id", \.id, .string(idForm, where: RuntimeName.isId),
            "The runtime's id instead, with `account`.", example: "weather-abcdefghij"),
        Key(
            "account", \.account, .string(accountForm, where: isAccount),
            "The account of the runtime, where `id` names it.", example: "\"123456789012\""),
        Key(
            "qualifier", \.qualifier, .string(wordForm, where: RuntimeName.isWord),
            "The endpoint that is called; `DEFAULT` unless the ARN is one's."),
    ]

    private static let others: [Key<RuntimeSettings>] = [
        Key(
            "endpoint", \.endpoint, .address,
            "Where the service is, instead of where AWS says: for an emulator or a private network.",
            example: "http://127.0.0.1:9700"),
        Key(
            "auth", \.auth, AgentCoreAuth.ofRuntime,
            "How the right to call it is proved: with AWS credentials, or with a token."),
        Key(
            "profile", \.aws.profile, .filled,
            "The profile of `~/.aws` whose credentials sign, instead of what the environment says.",
            example: "team"),
        Key(
            "region", \.aws.region, AWSKeys.region,
            "The region, where `id` names the runtime; an ARN says it itself.",
            example: "us-east-1"),
        Key("role", \.aws.role, AWSKeys.role, "A role that is taken on with these credentials."),
        Key(
            "userId", \.userId, .filled,
            "On behalf of whom it is called; needs the right `InvokeAgentRuntimeForUser`.",
            example: "\"${env:USER}\""),
        Key(
            "headers", \.headers, HTTPSettings.Header.ofRuntime,
            "Sent with every request; the server sees those that its runtime lets through.",
            example: "{ X-Amzn-Bedrock-AgentCore-Runtime-Custom-Team: blue }"),
        Key(
            "stopAtExit", \.stopsAtExit, .bool,
            "Whether the session's machine is stopped when it is not needed any more, instead of "
                + "idling out; needs the right `StopRuntimeSession`."),
    ]

    // MARK: What goes together

    /// Reports what contradicts itself.
    func check(_ node: Node, _ reading: inout Reading) {
        reading.checkSecure(endpoint, "endpoint", node)
        if let name {
            if let region = aws.region, region.value != name.region {
                clash("region", region.written, name.region, node, &reading)
            }
            if let account, account != name.account {
                clash("account", account, name.account, node, &reading)
            }
            if let qualifier, let endpoint = name.endpoint, qualifier != endpoint {
                clash("qualifier", qualifier, endpoint, node, &reading)
            }
        } else if id != nil, node["account"] == nil {
            reading.report("\(reading.place ?? "it") needs 'account' beside 'id'", at: node.mark)
        }
        if let user = node["userId"], auth != .iam {
            reading.report(
                "\(reading.part("'userId'")) goes with 'auth: iam' only: a token says by itself "
                    + "whose it is", at: user.mark)
        }
    }

    private func clash(
        _ key: String, _ own: String, _ named: String, _ node: Node, _ reading: inout Reading
    ) {
        reading.report(
            "\(reading.part("'\(key)'")) is '\(own)', but the ARN says '\(named)'; leave it out",
            at: node[key]?.mark ?? node.mark)
    }

    // MARK: Forms

    private static let arnForm = Schema.Form(
        pattern:
            "^(arn:aws[a-z-]*:bedrock-agentcore:[a-z0-9-]+:[0-9]{12}:(runtime|agent)/\\S+|.*\\$\\{.*)$",
        words: "that is the ARN of a runtime, 'arn:aws:bedrock-agentcore:REGION:ACCOUNT:runtime/ID'"
    )
    private static let idForm = Schema.Form(
        pattern: "^[A-Za-z][A-Za-z0-9_-]*-[A-Za-z0-9]+$",
        words: "that is a runtime's id, such as 'weather-abcdefghij'")
    private static let accountForm = Schema.Form(pattern: "^[0-9]{12}$", words: "of twelve digits")
    private static let wordForm = Schema.Form(
        pattern: "^[A-Za-z][A-Za-z0-9_-]*$", words: "of letters, digits, '_' and '-'")

    private static let name = Format<Text>.scalar(
        .text(arnForm), show: { .text($0.written) }
    ) { text, meaning in
        guard meaning == .string || text.isExpanded, RuntimeName(text.value) != nil else {
            return nil
        }
        return text
    }

    private static func isAccount(_ text: String) -> Bool {
        text.utf8.count == 12 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}

extension HTTPSettings.Header {
    /// What the service sets or reads itself is not the owner's to send, but for the fields that it
    /// hands to servers.
    static let ofRuntime = format { name in
        if name.hasPrefix("x-amzn-bedrock-agentcore-runtime-custom-") { return true }
        return !name.hasPrefix("x-amz-") && !name.hasPrefix("x-amzn-")
            && !["authorization", "host", "date"].contains(name)
    }
}
