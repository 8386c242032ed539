import Wire

/// A revision of the protocol, and everything in which it differs from the others.
///
/// Differences are data in this file; nothing else asks for a version by name.
package enum Revision: String, Sendable, Hashable, CaseIterable, Comparable {
    case november2024 = "2024-11-05"
    case march2025 = "2025-03-26"
    case june2025 = "2025-06-18"
    case november2025 = "2025-11-25"
    case july2026 = "2026-07-28"

    /// The newest revision that opens with `initialize`.
    package static let newestLegacy = Revision.november2025
    /// The newest revision whose requests bring their own envelope.
    package static let newestModern = Revision.july2026

    /// The revisions that open with `initialize`, oldest first.
    package static let legacy = allCases.filter { !$0.isModern }
    /// The revisions whose requests bring their own envelope, oldest first.
    package static let modern = allCases.filter(\.isModern)

    package static func < (left: Revision, right: Revision) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The revision that answers an `initialize` proposing `proposed` (MCP, "Lifecycle"): never one
    /// that has no `initialize`.
    package static func negotiated(proposed: String) -> Revision {
        guard let revision = Revision(rawValue: proposed), !revision.isModern else {
            return newestLegacy
        }
        return revision
    }

    /// Whether a request says by itself who asks and what they can do (MCP 2026-07-28): there is no
    /// session, a server cannot ask back, and every result says of which type it is.
    package var isModern: Bool { self >= .july2026 }

    /// Whether a JSON array of messages may be received.
    package var allowsBatches: Bool { self == .march2025 }

    /// Whether a request over HTTP names the version in a header once the session is open.
    package var hasVersionHeader: Bool { self >= .june2025 }

    /// Whether a stream over HTTP begins with an event that only says where it can be read on from.
    package var primesStreams: Bool { self == .november2025 }

    /// Kinds of content block that a client of this revision does not know.
    package var unknownContent: [String] {
        switch self {
        case .november2024: ["audio", "resource_link"]
        case .march2025: ["resource_link"]
        case .june2025, .november2025, .july2026: []
        }
    }

    /// Whether a user can be asked to open a page.
    package var opensPages: Bool { self >= .november2025 }

    /// Whether the error code -32042 means something to the client.
    package var knowsURLElicitationError: Bool { self == .november2025 }

    /// The error code for a resource that nobody has.
    package var missingResourceCode: Int { isModern ? -32602 : -32002 }

    /// Whether `structuredContent` may be something else than an object.
    package var allowsAnyStructuredContent: Bool { isModern }
}
