package import Wire

/// What clients see of all upstreams together: an immutable snapshot, replaced whole.
///
/// Routing is an exact look-up here, never a split of a name.
package final class Catalog: Sendable {
    /// One published item: its name, what it stands for, and its JSON with that name.
    package struct Entry: Sendable {
        package let published: String
        package let target: Target
        package let kind: Item.Kind
        package let json: [UInt8]
    }

    /// Every published item, in the order of the lists.
    package let entries: [Entry]
    /// The result of each list method, ready to be sent.
    package let rendered: [Item.Kind: [UInt8]]
    package let instructions: String?
    /// What plugins keep from everybody, by the name that it would have; empty where nobody asks.
    package let concealed: [Item.Kind: [[UInt8]: Target]]
    private let tools: ByteMap<Target>
    private let prompts: ByteMap<Target>
    private let resources: ByteMap<Target>
    private let templates: [(template: URITemplate, target: Target)]
    private let exactTemplates: ByteMap<Target>
    /// Templates that are not published as themselves, as their upstreams know them.
    private let wrappedTemplates: [(template: URITemplate, upstream: String)]
    /// Published form of each original URI that is not published as itself.
    private let wrapped: [Target: [UInt8]]
    /// Which upstream each URI that is published as itself belongs to.
    private let owners: [[UInt8]: String]
    /// The arguments that HTTP requests repeat in headers, by the published name of the tool.
    private let headerParameters: ByteMap<HeaderParameters>
    /// Whether any URI had to be wrapped; if not, payloads need no look.
    package let hasWrappedURIs: Bool

    /// A catalog of these items, in this order, with every look-up and list made ready.
    package init(
        entries: [Entry], instructions: String?, concealed: [Item.Kind: [[UInt8]: Target]] = [:]
    ) {
        self.entries = entries
        self.concealed = concealed
        self.instructions = instructions
        func map(_ kind: Item.Kind) -> ByteMap<Target> {
            ByteMap(
                entries.filter { $0.kind == kind }.map { (Array($0.published.utf8), $0.target) })
        }
        tools = map(.tool)
        prompts = map(.prompt)
        resources = map(.resource)
        exactTemplates = map(.template)
        templates = entries.filter { $0.kind == .template }
            .map { (URITemplate(Array($0.published.utf8)), $0.target) }
        var wrapped: [Target: [UInt8]] = [:]
        var owners: [[UInt8]: String] = [:]
        for entry in entries where !entry.kind.isNamed {
            let published = Array(entry.published.utf8)
            if published == entry.target.original {
                owners[published] = entry.target.upstream
            } else {
                wrapped[entry.target] = published
            }
        }
        self.wrapped = wrapped
        wrappedTemplates =
            entries
            .filter { $0.kind == .template && Array($0.published.utf8) != $0.target.original }
            .map { (URITemplate($0.target.original), $0.target.upstream) }
        self.owners = owners
        hasWrappedURIs = !wrapped.isEmpty
        headerParameters = ByteMap(
            entries.compactMap { entry in
                // Of a tool whose marks cannot be followed, none is.
                guard entry.kind == .tool, let marks = try? HeaderParameters(tool: entry.json)
                else {
                    return nil
                }
                return (Array(entry.published.utf8), marks)
            })
        rendered = Dictionary(
            uniqueKeysWithValues: Item.Kind.allCases.map { ($0, Self.render($0, entries)) })
    }

    package static let empty = Catalog(entries: [], instructions: nil)

    // MARK: Look-ups

    /// What a published tool or prompt name in a message stands for.
    package func target(_ kind: Item.Kind, named name: [UInt8]) -> Target? {
        switch kind {
        case .tool: tools[name]
        case .prompt: prompts[name]
        case .resource: target(uri: name)
        case .template: exactTemplates[name]
        }
    }

    /// The arguments of a published tool that HTTP requests repeat in headers; nil for none.
    package func headerParameters(ofTool name: [UInt8]) -> HeaderParameters? {
        headerParameters[name]
    }

    /// The same for a JSON string where it stands in a message, without taking it out.
    package func target(_ kind: Item.Kind, token: Extent, of bytes: [UInt8]) -> Target? {
        let quote = UInt8(ascii: "\"")
        guard token.count > 1, bytes[token.range.lowerBound] == quote else { return nil }
        let text = token.range.dropFirst().dropLast()
        // A name with escapes has to be decoded first.
        guard !bytes.contains(UInt8(ascii: "\\"), in: text) else { return nil }
        switch kind {
        case .tool: return tools[bytes, text]
        case .prompt: return prompts[bytes, text]
        case .resource: return resources[bytes, text]
        case .template: return exactTemplates[bytes, text]
        }
    }

    /// Which resource of which upstream a published URI stands for.
    package func target(uri: [UInt8]) -> Target? {
        if let exact = resources[uri] { return exact }
        if let unwrapped = WrappedURI.unwrap(uri) { return unwrapped }
        guard let match = templates.first(where: { $0.template.matches(uri) }) else { return nil }
        return Target(upstream: match.target.upstream, original: uri)
    }

    /// The URI under which clients know an upstream's resource; nil when it is the same.
    package func published(_ uri: [UInt8], of upstream: String) -> [UInt8]? {
        if let known = wrapped[Target(upstream: upstream, original: uri)] { return known }
        if wrappedTemplates.contains(where: { $0.upstream == upstream && $0.template.matches(uri) })
        {
            return WrappedURI.wrap(template: uri, of: upstream)
        }
        // Read back as it is, it would be taken for one of ours.
        if owners[uri] == nil, WrappedURI.hasForm(uri) { return WrappedURI.wrap(uri, of: upstream) }
        guard let owner = owners[uri] ?? templateOwner(uri), owner != upstream else { return nil }
        return WrappedURI.wrap(uri, of: upstream)
    }

    private func templateOwner(_ uri: [UInt8]) -> String? {
        templates.first { $0.template.matches(uri) }?.target.upstream
    }

    // MARK: Rendering

    /// The result of a list method with these entries, as far as they are of its kind.
    static func render(_ kind: Item.Kind, _ entries: [Entry]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key(kind.member)
        writer.beginArray()
        for entry in entries where entry.kind == kind { writer.raw(entry.json) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
