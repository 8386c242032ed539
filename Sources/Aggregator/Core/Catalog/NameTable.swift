/// Which published name or URI belongs to which original: what makes that a name never moves.
///
/// Entries are kept when their item disappears, so that nothing else takes the name meanwhile; the
/// table persists with the warm catalog (promise 7).
package struct NameTable: Sendable, Equatable {
    /// Whose name it is.
    package struct Key: Sendable, Hashable {
        package let kind: Item.Kind
        package let upstream: String
        package let original: [UInt8]

        package init(kind: Item.Kind, upstream: String, original: [UInt8]) {
            self.kind = kind
            self.upstream = upstream
            self.original = original
        }

        /// The key of an item.
        package init(_ item: Item) {
            self.init(kind: item.kind, upstream: item.upstream, original: item.original)
        }
    }

    /// The name that was given out.
    package struct Entry: Sendable, Equatable {
        /// The name the item would have had, had nobody else had it: settings that change it
        /// make the entry void.
        package let wanted: String
        package let published: String

        package init(wanted: String, published: String) {
            self.wanted = wanted
            self.published = published
        }
    }

    package var entries: [Key: Entry] = [:]

    package init() {}
}
