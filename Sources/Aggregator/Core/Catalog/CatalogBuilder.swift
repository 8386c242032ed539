import Wire

/// Builds the merged catalog from what each upstream lists.
package struct CatalogBuilder {
    /// One upstream's part.
    package struct Part: Sendable {
        package let settings: Configuration.Upstream
        package let prefix: String
        package let listing: Listing

        package init(settings: Configuration.Upstream, prefix: String, listing: Listing) {
            self.settings = settings
            self.prefix = prefix
            self.listing = listing
        }
    }

    package let maxLength: Int
    package let digest: ([UInt8]) -> [UInt8]
    package let instructions: InstructionsMerge
    /// Whether the catalog knows what the plugins take out.
    package let notesConcealed: Bool
    /// Lets the plugins edit the items before they are named.
    package let edit: (inout [Item]) -> Void

    package init(
        maxLength: Int, digest: @escaping ([UInt8]) -> [UInt8], instructions: InstructionsMerge,
        notesConcealed: Bool = false, edit: @escaping (inout [Item]) -> Void
    ) {
        self.maxLength = maxLength
        self.digest = digest
        self.instructions = instructions
        self.notesConcealed = notesConcealed
        self.edit = edit
    }

    /// Merges the parts, which come in configuration order; new names go into `table`.
    package func build(_ parts: [Part], _ table: inout NameTable) -> Catalog {
        var items = items(parts)
        let all = notesConcealed ? items : []
        edit(&items)
        let naming = Naming(
            maxLength: maxLength,
            prefixes: Dictionary(parts.map { ($0.settings.name, $0.prefix) }) { first, _ in first },
            digest: digest)
        let names = naming.publish(items, &table)
        return Catalog(
            entries: zip(items, names).map(entry), instructions: instructions.merge(parts),
            concealed: concealed(all, without: items, naming, table))
    }

    /// What was taken out, by the names that it would have.
    ///
    /// They are noted in a copy of the table: what nobody sees takes no name.
    private func concealed(
        _ all: [Item], without shown: [Item], _ naming: Naming, _ table: NameTable
    ) -> [Item.Kind: [[UInt8]: Target]] {
        let keys = Set(shown.map(NameTable.Key.init))
        let rest = all.filter { !keys.contains(NameTable.Key($0)) }
        guard !rest.isEmpty else { return [:] }
        var table = table
        var concealed: [Item.Kind: [[UInt8]: Target]] = [:]
        for (item, name) in zip(rest, naming.publish(rest, &table)) {
            concealed[item.kind, default: [:]][Array(name.utf8)] = Target(
                upstream: item.upstream, original: item.original)
        }
        return concealed
    }

    /// Everything that is listed and may be published.
    package func items(_ parts: [Part]) -> [Item] { parts.flatMap(items) }

    private func items(_ part: Part) -> [Item] {
        Item.Kind.allCases.flatMap { kind in
            var seen: Set<[UInt8]> = []
            return (part.listing.items[kind] ?? []).compactMap { json -> Item? in
                // Of two items with one name an upstream can only mean the first.
                guard let item = item(kind, json, part.settings),
                    seen.insert(item.original).inserted
                else { return nil }
                return item
            }
        }
    }

    private func item(
        _ kind: Item.Kind, _ json: [UInt8], _ settings: Configuration.Upstream
    ) -> Item? {
        let value = Value(json, Extent(0..<json.count))
        // Two readers must not see two names.
        guard let original = value[kind.key]?.text,
            value.members.filter({ $0.key.isText(kind.key) }).count == 1
        else { return nil }
        let name = String(decoding: original, as: UTF8.self)
        let isHidden = kind.isNamed && settings.hide.contains { Glob($0).matches(name) }
        guard !isHidden else { return nil }
        // Nobody could call it: tasks are not relayed.
        let support = kind == .tool ? value["execution"]?["taskSupport"]?.string : nil
        guard support != "required" else { return nil }
        let base = kind == .tool ? settings.rename[name] ?? name : name
        return Item(
            kind: kind, upstream: settings.name, original: original, base: base, json: json)
    }

    private func entry(_ item: Item, _ published: String) -> Catalog.Entry {
        Catalog.Entry(
            published: published,
            target: Target(
                upstream: item.upstream, original: item.original,
                hints: item.kind == .tool
                    ? ToolHints(tool: Value(item.json, Extent(0..<item.json.count))) : nil),
            kind: item.kind,
            json: renamed(item, published))
    }

    /// The item's JSON with the published name in the place of its own; nothing else changes.
    private func renamed(_ item: Item, _ published: String) -> [UInt8] {
        let value = Value(item.json, Extent(0..<item.json.count))
        guard let name = value[item.kind.key], name.text != Array(published.utf8) else {
            return item.json
        }
        let range = name.extent.range
        return item.json[..<range.lowerBound] + JSONWriter.quoted(published)
            + item.json[range.upperBound...]
    }
}
