import Wire

/// A revision of the protocol, and everything in which it differs from the others.
///
/// Differences are data in this file; nothing else asks for a version by name.
package enum Revision: String, Sendable, Hashable, CaseIterable, Comparable {
    case november2024 = "2024-11-05"
    case march2025 = "2025-03-26"
    case june2025 = "2025-06-18"
    case november2025 = "2025-11-25"

    /// The newest revision that opens with `initialize`.
    package static let newestLegacy = Revision.november2025

    package static func < (left: Revision, right: Revision) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The revision that answers an `initialize` proposing `proposed` (MCP, "Lifecycle").
    package static func negotiated(proposed: String) -> Revision {
        Revision(rawValue: proposed) ?? newestLegacy
    }

    /// Whether a JSON array of messages may be received.
    package var allowsBatches: Bool { self == .march2025 }

    /// Kinds of content block that a client of this revision does not know.
    package var unknownContent: [String] {
        switch self {
        case .november2024: ["audio", "resource_link"]
        case .march2025: ["resource_link"]
        case .june2025, .november2025: []
        }
    }

    /// Whether the error code -32042 means something to the client.
    package var knowsURLElicitationError: Bool { self == .november2025 }
}
