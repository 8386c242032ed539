import Wire

/// The profiles that single calls of `mcp-proxy-for-aws` may be signed with: a parameter that is added
/// to tools that act for an account, and what a call says in it.
struct AWSProxyProfiles: Sendable {
    /// What a call says.
    enum Choice {
        /// Nothing else than the usual profile; this is sent.
        case usual(Draft)
        /// Another profile.
        case other(String, Draft)
        /// None that is allowed; why, as a sentence.
        case refused(String)
    }

    /// The parameter.
    private static let key = "aws_profile"
    /// The tools that have it.
    private static let tools: Set<String> = [
        "aws___call_aws", "aws___run_script", "aws___get_presigned_url", "aws___get_tasks",
        "aws___suggest_aws_commands",
    ]

    private let usual: String
    private let all: [String]
    private let parameter: [UInt8]

    /// A choice among profiles, the usual one first; nil where there is none.
    init?(_ profiles: [String]) {
        guard profiles.count > 1, let usual = profiles.first else { return nil }
        self.usual = usual
        all = profiles.sorted()
        parameter = Self.parameter(all)
    }

    private static func parameter(_ profiles: [String]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("type")
        writer.string("string")
        writer.key("description")
        writer.string(
            """
            AWS CLI profile to sign this request with. Available profiles: \
            \(profiles.joined(separator: ", ")).
            """)
        writer.key("enum")
        writer.beginArray()
        for profile in profiles { writer.string(profile) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    // MARK: Calls

    /// Whom a message wants to be signed by, and the message without its saying so.
    func choice(_ message: Message) -> Choice {
        var draft = Draft(message)
        guard message.method == .toolsCall, let arguments = message.arguments,
            message.value(arguments).kind == .object,
            let given = message.value(arguments)[Self.key]
        else { return .usual(draft) }
        draft.remove(member: Self.key, of: arguments)
        let tool = message.name.flatMap { message.value($0).string } ?? ""
        guard Self.tools.contains(tool) else { return .usual(draft) }
        guard let profile = given.string, all.contains(profile) else {
            let shown = given.string.map { "'\($0)'" } ?? "it"
            return .refused(
                """
                Profile \(shown) is not in the allowed list. Allowed profiles: \
                \(all.joined(separator: ", "))
                """)
        }
        return profile == usual ? .usual(draft) : .other(profile, draft)
    }

    // MARK: Lists

    /// An answer to `tools/list` in which the tools have the parameter.
    func marked(_ answer: Message) -> [UInt8] {
        var draft = Draft(answer)
        guard let result = answer.result, let tools = answer.value(result)["tools"],
            tools.kind == .array
        else { return draft.bytes }
        for tool in tools.elements {
            guard let name = tool["name"]?.string, Self.tools.contains(name),
                let schema = tool["inputSchema"], schema.kind == .object
            else { continue }
            mark(schema, &draft)
        }
        return draft.bytes
    }

    private func mark(_ schema: Value, _ draft: inout Draft) {
        if let properties = schema["properties"], properties.kind == .object {
            return draft.set(member: Self.key, of: properties.extent, to: parameter)
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key(Self.key)
        writer.raw(parameter)
        writer.endObject()
        draft.set(member: "properties", of: schema.extent, to: writer.bytes)
    }
}
