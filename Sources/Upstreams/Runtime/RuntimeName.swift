import Wire

/// A runtime's name: what its ARN says.
package struct RuntimeName: Sendable, Hashable {
    package let region: String
    /// Twelve digits.
    package let account: String
    /// Such as `weather-abcdefghij`.
    package let id: String
    /// The ARN of the runtime itself, which goes into the path.
    package let resource: String
    /// The endpoint, where the ARN was one's.
    package let endpoint: String?

    /// Reads an ARN of a runtime (`…:runtime/ID`), of one of its endpoints
    /// (`…:runtime/ID/runtime-endpoint/NAME`) or of the older kind (`…:agent/ID:VERSION`); nil if it is
    /// none of them.
    package init?(_ arn: String) {
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", Self.isPartition(parts[1]),
            parts[2] == "bedrock-agentcore", AWSKeys.isRegion(String(parts[3])),
            parts[4].utf8.count == 12, parts[4].utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        let path = parts[5].split(separator: "/", omittingEmptySubsequences: false)
        guard let (id, endpoint) = Self.read(path) else { return nil }
        region = String(parts[3])
        account = String(parts[4])
        self.id = id
        self.endpoint = endpoint
        resource = parts[..<5].joined(separator: ":") + ":\(path[0])/\(path[1])"
    }

    private static func read(_ path: [Substring]) -> (id: String, endpoint: String?)? {
        guard path.count >= 2 else { return nil }
        switch (path[0], path.count) {
        case ("runtime", 2) where isId(path[1]): return (String(path[1]), nil)
        case ("runtime", 4) where isId(path[1]) && path[2] == "runtime-endpoint":
            return isWord(path[3]) ? (String(path[1]), String(path[3])) : nil
        case ("agent", 2):
            let id = path[1].prefix { $0 != ":" }
            let version = path[1].dropFirst(id.count)
            guard isId(id), version.isEmpty || Int(version.dropFirst()) != nil else { return nil }
            return (String(id), nil)
        default: return nil
        }
    }

    /// Whether a text can be the partition of an ARN.
    static func isPartition(_ text: Substring) -> Bool {
        text == "aws" || text.hasPrefix("aws-") && isWord(text)
    }

    /// Whether a text can be a runtime's id.
    package static func isId(_ text: some StringProtocol) -> Bool {
        text.utf8.count <= 128 && isWord(text) && text.utf8.contains(UInt8(ascii: "-"))
    }

    /// Whether a text begins with a letter and has no others but letters, digits, `_` and `-`.
    static func isWord(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy { byte in
            isLetter(byte) || (0x30...0x39).contains(byte) || byte == 0x5F || byte == 0x2D
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte)
    }
}

/// Where a runtime is asked, below the endpoint of its service.
package enum RuntimePath {
    /// Where messages are posted to.
    ///
    /// `name` is an ARN, or an id, which needs the account. What is special in it is encoded, and only
    /// here: a signature is over this text encoded once more.
    package static func invocations(
        _ name: String, qualifier: String, account: String? = nil
    ) -> String {
        "\(root(name))/invocations?\(query(qualifier, account))"
    }

    /// Where a session is ended.
    package static func stop(_ name: String, qualifier: String, account: String? = nil) -> String {
        "\(root(name))/stopruntimesession?\(query(qualifier, account))"
    }

    private static func root(_ name: String) -> String {
        "/runtimes/\(PercentEncoding.encode(name))"
    }

    private static func query(_ qualifier: String, _ account: String?) -> String {
        "qualifier=\(PercentEncoding.encode(qualifier))"
            + (account.map { "&accountId=\(PercentEncoding.encode($0))" } ?? "")
    }
}
