package import Wire

/// One tool, prompt, resource or template of one upstream, on its way into the catalog.
package struct Item: Sendable {
    /// Which list it belongs to.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case tool, prompt, resource, template

        package var plural: String { rawValue + "s" }

        /// The member of the list result that holds the items.
        package var member: String {
            switch self {
            case .tool: "tools"
            case .prompt: "prompts"
            case .resource: "resources"
            case .template: "resourceTemplates"
            }
        }

        /// The member by which clients speak of an item.
        package var key: String {
            switch self {
            case .tool, .prompt: "name"
            case .resource: "uri"
            case .template: "uriTemplate"
            }
        }

        package var listMethod: Method {
            switch self {
            case .tool: .toolsList
            case .prompt: .promptsList
            case .resource: .resourcesList
            case .template: .resourceTemplatesList
            }
        }

        /// Whether items are published under names of ours rather than under their URIs.
        package var isNamed: Bool { self == .tool || self == .prompt }
    }

    package let kind: Kind
    /// The upstream, by its configured name.
    package let upstream: String
    /// The name or URI that the upstream uses, decoded.
    package let original: [UInt8]
    /// What the published name is made of; plugins may change it.
    package var base: String
    /// The item's JSON; a plugin may replace it.
    package var json: [UInt8]

    package init(
        kind: Kind, upstream: String, original: [UInt8], base: String, json: [UInt8]
    ) {
        self.kind = kind
        self.upstream = upstream
        self.original = original
        self.base = base
        self.json = json
    }

    /// The original name or URI as text.
    package var originalText: String { String(decoding: original, as: UTF8.self) }
}

/// What one upstream lists at the moment, as it came.
package struct Listing: Sendable, Equatable {
    /// The upstream's own title, for headings.
    package var title: String?
    package var instructions: String?
    /// The JSON of each item; a missing kind is one that the upstream does not offer.
    package var items: [Item.Kind: [[UInt8]]] = [:]
    /// What went wrong while a list was fetched.
    package var problems: [Item.Kind: String] = [:]
    /// How long each list may be kept, where the upstream says so; not kept between two runs.
    package var hints: [Item.Kind: CacheHints] = [:]

    package init() {}
}
