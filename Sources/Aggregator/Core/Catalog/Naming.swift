/// Gives every item the name or URI under which clients know it.
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

    /// `maxLength` is in characters, at most `hardLimit`; `digest` is a SHA-256 of bytes.
    package init(
        maxLength: Int, prefixes: [String: String], digest: @escaping ([UInt8]) -> [UInt8]
    ) {
        self.maxLength = min(maxLength, Self.hardLimit)
        self.prefixes = prefixes
        self.digest = digest
    }

    /// Returns the published form of each item, in their order, and remembers new ones in `table`.
    package func publish(_ items: [Item], _ table: inout NameTable) -> [String] {
        var taken = Taken()
        for (key, entry) in table.entries { taken.add(folded(entry.published, key.kind), key.kind) }
        let names = items.map { item in
            let key = NameTable.Key(item)
            let wanted = wanted(item)
            if let known = table.entries[key] {
                let name = folded(known.published, item.kind)
                let isOurs = taken.isUnique(name, item.kind) || known.published == known.wanted
                if known.wanted == wanted, isOurs, isReadable(known.published, item.kind) {
                    return known.published
                }
                taken.remove(name, item.kind)
            }
            let published = free(item, wanted, taken)
            taken.add(folded(published, item.kind), item.kind)
            table.entries[key] = NameTable.Entry(wanted: wanted, published: published)
            return published
        }
        forget(items, &table)
        return names
    }

    /// Names in use, by kind and with how many users: a damaged table may give one to several.
    private struct Taken {
        private var users: [Item.Kind: [String: Int]] = [:]

        mutating func add(_ name: String, _ kind: Item.Kind) {
            users[kind, default: [:]][name, default: 0] += 1
        }

        mutating func remove(_ name: String, _ kind: Item.Kind) {
            let left = users[kind]?[name].map { $0 - 1 } ?? 0
            users[kind]?[name] = left > 0 ? left : nil
        }

        func isUnique(_ name: String, _ kind: Item.Kind) -> Bool { users[kind]?[name] == 1 }

        func contains(_ name: String, _ kind: Item.Kind) -> Bool { users[kind]?[name] != nil }
    }

    /// Whether a remembered name is one that could be given out today.
    private func isReadable(_ name: String, _ kind: Item.Kind) -> Bool {
        guard kind.isNamed else { return true }
        return name.utf8.count <= maxLength && Self.sanitized(name) == name
    }

    /// How many names of items that are gone are kept at least.
    private static let retired = 4096

    /// Forgets the names of items that are gone, once there are far more than of those that are not.
    ///
    /// An upstream that shows nothing at all is down or hidden, and comes back with its names.
    private func forget(_ items: [Item], _ table: inout NameTable) {
        guard table.entries.count > 2 * items.count + Self.retired else { return }
        let present = Set(items.map(NameTable.Key.init))
        let shown = Set(items.map(\.upstream))
        table.entries = table.entries.filter {
            present.contains($0.key) || !shown.contains($0.key.upstream)
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

    private func free(_ item: Item, _ wanted: String, _ taken: Taken) -> String {
        guard item.kind.isNamed else {
            let mustWrap = taken.contains(wanted, item.kind) || WrappedURI.hasForm(wanted.utf8)
            return mustWrap ? WrappedURI.wrap(item) : wanted
        }
        if wanted.utf8.count <= maxLength, !taken.contains(wanted.lowercased(), item.kind) {
            return wanted
        }
        // A short hash tells long and clashing names apart; a longer one if even that is taken.
        let hash = base32(digest(Array(item.upstream.utf8) + [0] + item.original))
        for length in stride(from: 6, through: hash.count, by: 4) {
            let suffix = "_" + String(decoding: hash.prefix(length), as: UTF8.self)
            let head = wanted.utf8.prefix(max(1, maxLength - suffix.utf8.count))
            let name = String(decoding: Array(head), as: UTF8.self) + suffix
            if !taken.contains(name.lowercased(), item.kind) { return name }
        }
        return String(decoding: hash.prefix(maxLength), as: UTF8.self)
    }

    /// Only `[A-Za-z0-9_-]`: the letters that every client and model API reads.
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
