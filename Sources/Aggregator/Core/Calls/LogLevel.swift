/// A severity of `notifications/message`, least severe first (MCP, "Logging").
package enum LogLevel: Int, Sendable, Hashable, CaseIterable, Comparable {
    case debug, info, notice, warning, error, critical, alert, emergency

    /// The level of this name, if there is one.
    package init?(name: String) {
        guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }

    /// The word that the protocol uses.
    package var name: String { String(describing: self) }

    package static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}
