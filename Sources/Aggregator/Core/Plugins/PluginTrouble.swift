/// Why a plugin cannot do its work: what `check --probe` tells.
package struct PluginTrouble: Sendable, Hashable {
    /// A sentence, or more.
    package let reason: String
    /// The last lines that its program wrote to standard error, oldest first.
    package let trail: [String]

    /// A reason, with the program's last words if it has any.
    package init(_ reason: String, trail: [String] = []) {
        self.reason = reason
        self.trail = trail
    }
}
