import Aggregator

/// Gives every server a name of our grammar that no other one has.
struct ServerNames {
    private var taken: Set<String> = []
    /// Original names that are names of ours: nobody else gets them.
    private let kept: Set<String>

    /// Names for servers that are called so in the file.
    init(originals: [String]) {
        kept = Set(originals.filter(Configuration.Upstream.isName))
    }

    /// The name of a server: its own where that is possible.
    mutating func claim(_ original: String) -> String {
        if kept.contains(original) { return original }
        let base = Self.base(of: original)
        var name = base
        var number = 2
        while taken.contains(name) || kept.contains(name) {
            let suffix = "-\(number)"
            name = String(base.prefix(20 - suffix.count)) + suffix
            number += 1
        }
        taken.insert(name)
        return name
    }

    private static func base(of original: String) -> String {
        let letters = original.lowercased().utf8.map { byte -> Character in
            let isKept = 0x61...0x7A ~= byte || 0x30...0x39 ~= byte
            return isKept ? Character(Unicode.Scalar(byte)) : "-"
        }
        let words = String(letters).split(separator: "-")
        let cut = words.joined(separator: "-").prefix(20)
        let name = cut.last == "-" ? cut.dropLast() : cut
        return name.isEmpty ? "server" : String(name)
    }
}
