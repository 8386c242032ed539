/// Gives every item the name or URI under which clients know it (design §6, `mcp.md` §5.3).
///
/// Named items get `<prefix>__<name>` in `[A-Za-z0-9_-]`; URIs stay as they are while unique. On a
/// clash the item earliest in configuration order, then in its upstream's order, keeps the plain
/// form. What the table remembers comes first. Pure: same input, same names.
package struct Naming {
    /// The longest name that every client reads, whatever the configuration says.
    package static let hardLimit = 64

    package let maxLength: Int
    /// The prefix of each upstream; empty for none.
    package let prefixes: [String: String]
    package let digest: ([UInt8]) -> [UInt8]

    package init(
        maxLength: Int, prefixes: [String: String], digest: @escaping ([UInt8]) -> [UInt8]
    ) {
        self.maxLength = min(maxLength, Self.hardLimit)
        self.prefixes = prefixes
        self.digest = digest
    }

    /// Returns the published form of each item, in their order, and remembers new ones in `table`.
    package func publish(_ items: [Item], _ table: inout NameTable) -> [String] {
        var taken: [Item.Kind: Set<String>] = [:]
        for (key, entry) in table.entries {
            taken[key.kind, default: []].insert(folded(entry.published, key.kind))
        }
        return items.map { item in
            let key = NameTable.Key(
                kind: item.kind, upstream: item.upstream, original: item.original)
            let wanted = wanted(item)
            if let known = table.entries[key] {
                if known.wanted == wanted { return known.published }
                taken[item.kind]?.remove(folded(known.published, item.kind))
            }
            let published = free(item, wanted, taken[item.kind, default: []])
            taken[item.kind, default: []].insert(folded(published, item.kind))
            table.entries[key] = NameTable.Entry(wanted: wanted, published: published)
            return published
        }
    }

    /// Names that differ in case only would be one name to some clients; URIs would not.
    private func folded(_ name: String, _ kind: Item.Kind) -> String {
        kind.isNamed ? name.lowercased() : name
    }

    /// The name that the item would have if it were alone.
    private func wanted(_ item: Item) -> String {
        guard item.kind.isNamed else { return item.base }
        let prefix = prefixes[item.upstream] ?? item.upstream
        let name = Self.sanitized(item.base)
        return prefix.isEmpty ? name : "\(prefix)__\(name)"
    }

    private func free(_ item: Item, _ wanted: String, _ taken: Set<String>) -> String {
        guard item.kind.isNamed else {
            let mustWrap = taken.contains(wanted) || WrappedURI.hasForm(wanted.utf8)
            return mustWrap ? WrappedURI.wrap(item) : wanted
        }
        if wanted.utf8.count <= maxLength, !taken.contains(wanted.lowercased()) { return wanted }
        // A short hash tells long and clashing names apart; a longer one if even that is taken.
        let hash = base32(digest(Array(item.upstream.utf8) + [0] + item.original))
        for length in stride(from: 6, through: hash.count, by: 4) {
            let suffix = "_" + String(decoding: hash.prefix(length), as: UTF8.self)
            let head = wanted.utf8.prefix(max(1, maxLength - suffix.utf8.count))
            let name = String(decoding: Array(head), as: UTF8.self) + suffix
            if !taken.contains(name.lowercased()) { return name }
        }
        return String(decoding: hash.prefix(maxLength), as: UTF8.self)
    }

    /// Only `[A-Za-z0-9_-]`: the letters that every client and model API reads (`mcp.md` §5.2).
    package static func sanitized(_ name: String) -> String {
        var safe: [UInt8] = []
        for scalar in name.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_", "-": safe.append(UInt8(scalar.value))
            default: safe.append(UInt8(ascii: "_"))
            }
        }
        return safe.isEmpty ? "_" : String(decoding: safe, as: UTF8.self)
    }

    /// Lower-case RFC 4648 letters, without padding.
    private func base32(_ bytes: [UInt8]) -> [UInt8] {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
        var output: [UInt8] = []
        var buffer = 0
        var bits = 0
        for byte in bytes {
            buffer = (buffer << 8 | Int(byte)) & 0xFFFF
            bits += 8
            while bits >= 5 {
                bits -= 5
                output.append(alphabet[buffer >> bits & 31])
            }
        }
        return output
    }
}
