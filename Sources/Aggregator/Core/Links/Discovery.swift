import Wire

/// What an answer to `server/discover`, or to `initialize`, says about the server's era.
///
/// No single code decides: a modern server answers with a valid result or with an error of the modern
/// range, and everything else is a legacy server that did not understand (MCP, "Versioning").
enum Discovery {
    /// It speaks a modern revision of ours.
    case modern(ServerProfile)
    /// It is modern, but this request was not to its liking.
    case refused
    /// It is modern and speaks other revisions only.
    case foreign([String])
    /// It did not understand, as servers do that expect `initialize`.
    case legacy

    /// Reads an answer of any kind.
    init(_ answer: Message) {
        if let result = answer.result.map({ answer.value($0) }) {
            self = Self.read(result)
        } else if let error = answer.error.map({ answer.value($0) }) {
            self = Self.read(error: error)
        } else {
            self = .legacy
        }
    }

    private static func read(_ result: Value) -> Discovery {
        guard let versions = result["supportedVersions"], versions.kind == .array else {
            return .legacy
        }
        if let profile = ServerProfile(discovered: result) { return .modern(profile) }
        return judge(versions.elements.compactMap(\.string))
    }

    private static func read(error: Value) -> Discovery {
        let supported = error["data"]?["supported"]
        let versions = supported.map { $0.elements.compactMap(\.string) }
        switch error["code"]?.integer {
        case -32022: return versions.map(judge) ?? .refused
        case -32020, -32021: return .refused
        // Release candidates used these, and so does everybody else for something else.
        case -32001, -32003, -32004: return versions.map(judge) ?? .legacy
        default: return .legacy
        }
    }

    private static func judge(_ versions: [String]) -> Discovery {
        let known = versions.compactMap(Revision.init(rawValue:))
        if known.contains(where: \.isModern) { return .refused }
        return known.isEmpty ? .foreign(versions) : .legacy
    }
}
