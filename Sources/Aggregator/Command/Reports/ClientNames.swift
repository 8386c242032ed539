/// What clients make of a published tool name; pure.
///
/// Each puts the name under which it knows the whole server in front, and has limits of its own.
struct ClientNames: Sendable {
    /// The server's name in the client's configuration.
    let server: String
    /// Our `serverInfo.title`, which VS Code prefers to it.
    let title: String?

    /// The clients whose rules are known.
    enum Client: String, Sendable, CaseIterable {
        case code = "VS Code"
        case claude = "Claude Code"
        case cursor = "Cursor"
    }

    /// The name that a client's model sees, and what is wrong with it.
    struct Verdict: Sendable, Equatable {
        let name: String
        /// A clause; nil when all is well.
        let fault: String?
    }

    /// VS Code: a prefix of at most 18 characters, the whole cut at 64.
    private static let codePrefix = 18
    private static let codeLimit = 64
    /// Model APIs: 64 characters, 128 at Anthropic's.
    private static let modelLimit = 64
    private static let anthropicLimit = 128
    /// Cursor: server and tool must stay under 60 together.
    private static let cursorLimit = 60

    /// How many tools each client takes; more are left out or grouped.
    static let mostTools: [(client: Client, count: Int)] = [(.code, 128), (.cursor, 40)]

    /// What a client makes of a published name.
    func verdict(on name: String, of client: Client) -> Verdict {
        switch client {
        case .code: code(name)
        case .claude: claude(name)
        case .cursor: cursor(name)
        }
    }

    private func code(_ name: String) -> Verdict {
        let whole = codePrefix + Self.safe(name)
        guard whole.count > Self.codeLimit else { return Verdict(name: whole, fault: nil) }
        return Verdict(
            name: String(whole.prefix(Self.codeLimit)),
            fault: "cut from \(whole.count) to \(Self.codeLimit) characters")
    }

    /// `mcp_`, what fits of the server's name, `_`.
    private var codePrefix: String {
        let room = Self.codePrefix - "mcp_".count - 1
        return "mcp_\(Self.safe(title ?? server).lowercased().prefix(room))_"
    }

    private func claude(_ name: String) -> Verdict {
        let whole = "mcp__\(Self.safe(server))__\(Self.safe(name))"
        let fault: String? =
            switch whole.count {
            case ...Self.modelLimit: nil
            case ...Self.anthropicLimit:
                "\(whole.count) characters: model APIs other than Anthropic's refuse over 64"
            default: "\(whole.count) characters: refused over \(Self.anthropicLimit)"
            }
        return Verdict(name: whole, fault: fault)
    }

    private func cursor(_ name: String) -> Verdict {
        let count = server.count + name.count
        let fault =
            count < Self.cursorLimit
            ? nil : "dropped: server and tool have \(count) characters, 60 or more"
        return Verdict(name: name, fault: fault)
    }

    /// The longest name of ours that reaches every client whole.
    var longest: Int {
        min(
            Self.codeLimit - codePrefix.count,
            Self.modelLimit - "mcp____".count - Self.safe(server).count,
            Self.cursorLimit - 1 - server.count)
    }

    private static func safe(_ text: String) -> String {
        String(
            text.unicodeScalars.map { scalar -> Character in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", "_", "-": Character(scalar)
                default: "_"
                }
            })
    }
}
