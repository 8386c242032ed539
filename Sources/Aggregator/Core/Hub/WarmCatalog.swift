import Wire

/// What is kept of the catalog between two runs: listings, instructions, published names.
package struct WarmCatalog: Sendable, Equatable {
    /// What one upstream listed last.
    package struct Upstream: Sendable, Equatable {
        /// Of the settings with which the listing was fetched; others make it void.
        package var fingerprint: String
        package var listing: Listing
        /// When the server was found to open with `initialize`: seconds since 1970.
        package var legacySince: Int?

        package init(fingerprint: String, listing: Listing, legacySince: Int? = nil) {
            self.fingerprint = fingerprint
            self.listing = listing
            self.legacySince = legacySince
        }
    }

    package var upstreams: [String: Upstream] = [:]
    package var names: NameTable

    private static let format = 1

    /// A catalog without listings yet.
    package init(names: NameTable) { self.names = names }

    /// Reads what `json` wrote; nil for anything else, which is then ignored as a whole.
    package init?(_ bytes: [UInt8]) {
        guard let root = try? Value(validating: bytes), root["format"]?.integer == Self.format
        else {
            return nil
        }
        names = NameTable()
        for (key, value) in root["upstreams"]?.pairs ?? [] {
            var listing = Listing()
            listing.title = value["title"]?.string
            listing.instructions = value["instructions"]?.string
            for kind in Item.Kind.allCases {
                guard let items = value[kind.member] else { continue }
                // A line break that somebody's editor put in would cut our answers in two; all else
                // is compared with what the server lists, byte for byte.
                listing.items[kind] = items.elements.map { $0.unbroken }
            }
            upstreams[key] = Upstream(
                fingerprint: value["fingerprint"]?.string ?? "", listing: listing,
                legacySince: value["legacySince"]?.integer)
        }
        for entry in root["names"].map({ Array($0.elements) }) ?? [] {
            let fields = entry.elements.compactMap(\.string)
            guard fields.count == 5, let kind = Item.Kind(rawValue: fields[0]) else { return nil }
            let key = NameTable.Key(
                kind: kind, upstream: fields[1], original: Array(fields[2].utf8))
            names.entries[key] = NameTable.Entry(wanted: fields[3], published: fields[4])
        }
    }

    /// The file's content; the same catalog is the same bytes.
    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("format")
        writer.integer(Self.format)
        writer.key("upstreams")
        writer.beginObject()
        for (name, upstream) in upstreams.sorted(by: { $0.key < $1.key }) {
            writer.key(name)
            write(upstream, into: &writer)
        }
        writer.endObject()
        writer.key("names")
        writer.beginArray()
        for (key, entry) in names.entries.sorted(by: { $0.key.order < $1.key.order }) {
            writer.beginArray()
            writer.string(key.kind.rawValue)
            writer.string(key.upstream)
            writer.string(String(decoding: key.original, as: UTF8.self))
            writer.string(entry.wanted)
            writer.string(entry.published)
            writer.endArray()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private func write(_ upstream: Upstream, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("fingerprint")
        writer.string(upstream.fingerprint)
        if let legacySince = upstream.legacySince {
            writer.key("legacySince")
            writer.integer(legacySince)
        }
        if let title = upstream.listing.title {
            writer.key("title")
            writer.string(title)
        }
        if let instructions = upstream.listing.instructions {
            writer.key("instructions")
            writer.string(instructions)
        }
        for kind in Item.Kind.allCases {
            guard let items = upstream.listing.items[kind] else { continue }
            writer.key(kind.member)
            writer.beginArray()
            for item in items { writer.raw(item) }
            writer.endArray()
        }
        writer.endObject()
    }
}

extension NameTable.Key {
    /// What the file is sorted by, so that the same catalog is the same file.
    fileprivate var order: (String, String, String) {
        (kind.rawValue, upstream, String(decoding: original, as: UTF8.self))
    }
}

extension Value {
    /// The members of an object, with their keys as text.
    fileprivate var pairs: [(String, Value)] {
        members.map { ($0.key.string ?? "", $0.value) }
    }
}
