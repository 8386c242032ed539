package import Wire

/// What an upstream said about itself when it was asked first.
package struct ServerProfile: Sendable, Hashable {
    package var name = ""
    package var title: String?
    package var version = ""
    package var revision = Revision.newestLegacy
    package var instructions: String?
    package var tools = false
    package var prompts = false
    package var resources = false
    package var subscribe = false
    package var completions = false
    package var logging = false

    package init() {}

    /// Reads an `InitializeResult`; nil unless it names a revision that we speak.
    package init?(_ result: Value) {
        guard let version = result["protocolVersion"]?.string,
            let revision = Revision(rawValue: version), !revision.isModern
        else { return nil }
        self.init(revision, result["serverInfo"], result)
    }

    /// Reads a `DiscoverResult`; nil unless it names a modern revision that we speak.
    package init?(discovered result: Value) {
        guard let versions = result["supportedVersions"], versions.kind == .array else {
            return nil
        }
        let known = versions.elements.compactMap { $0.string.flatMap(Revision.init(rawValue:)) }
        guard let revision = known.filter(\.isModern).max() else { return nil }
        self.init(revision, result["_meta"]?[EnvelopeKey.server], result)
    }

    /// What both results have in common; of display only is what a server says about itself.
    private init(_ revision: Revision, _ info: Value?, _ result: Value) {
        self.revision = revision
        name = info?["name"]?.string ?? ""
        title = info?["title"]?.string
        version = info?["version"]?.string ?? ""
        instructions = result["instructions"]?.string
        let capabilities = result["capabilities"]
        tools = capabilities?["tools"] != nil
        prompts = capabilities?["prompts"] != nil
        resources = capabilities?["resources"] != nil
        subscribe = capabilities?["resources"]?["subscribe"]?.bool ?? false
        completions = capabilities?["completions"] != nil
        logging = capabilities?["logging"] != nil
    }

    /// Its name and version, as far as it says them; nil for neither.
    package var label: String? {
        let words = [name, version].filter { !$0.isEmpty }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    /// Whether the server offers anything of this kind.
    package func offers(_ kind: Item.Kind) -> Bool {
        switch kind {
        case .tool: tools
        case .prompt: prompts
        case .resource, .template: resources
        }
    }
}
