/// What one kind of upstream or plugin reads from its entry: its own type, known only to the kind.
///
/// The kind gets it back with `settings as? StdioSettings`.
package protocol Settings: Sendable, Equatable {}

extension Settings {
    /// Whether two settings are of one kind and equal, so that a reload can leave them alone.
    package func isEqual(to other: any Settings) -> Bool {
        guard let other = other as? Self else { return false }
        return self == other
    }
}
