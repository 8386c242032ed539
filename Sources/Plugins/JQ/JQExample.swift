package import Aggregator
import Wire

/// What a rule is to make of one document: kept beside the rule, and run by `manifold rules test`.
package struct JQExample: Sendable, Equatable {
    /// What a report calls it; nil for its number.
    package var title: String?
    /// Where on its way the document is met; nil for the one hook of the rule.
    package var hook: Scope.Hook?
    /// Whether the document is an error of the protocol, where it would be a result.
    package var isError = false
    /// The method of the message; empty for what fits the other members.
    package var method = ""
    /// The upstream, and the item by its original name; nil for some that the rule is about.
    package var upstream: String?
    package var tool: String?
    package var prompt: String?
    package var resource: String?
    package var context = Context()
    /// The document, as JSON on one line.
    package var before: [UInt8] = []
    package var end: End?

    /// An example without anything.
    package init() {}

    /// What `$ctx` says of who asks.
    package struct Context: Sendable, Equatable {
        package var client = "example"
        package var principal = "local"
        package var call = "1"

        package init() {}
    }

    /// What is to come of the document.
    package enum End: Sendable, Equatable {
        /// This one, as JSON; the same as before where nothing is to change.
        case after([UInt8])
        /// It does not go on, in words that have this.
        case refused(String)
        /// The rule fails, in words that have this, and the document goes on unjudged.
        case failed(String)
        /// It is left out: a notification or an item of a list.
        case dropped
    }
}

extension JQExample {
    /// How an example is written.
    static let shape: Shape<Self> = {
        var shape = Shape(
            Self(),
            [
                Key("title", \.title, Format<String>.filled, "What reports call it."),
                Key(
                    "on", \.hook, Format<Scope.Hook>.choice,
                    "Where it is met, for a rule that looks in several places."),
                Key(
                    "before", \.before, .json, "The document that the program is given.",
                    isRequired: true, example: "{ limit: null }"),
                Key(
                    "after", \.after, .json, "What is to become of it.",
                    example: "{ limit: 20 }"),
                Key(
                    "refused", \.refused, Format<String>.string,
                    "Instead: that it does not go on, and a part of the reason."),
                Key(
                    "failed", \.failed, Format<String>.string,
                    "Instead: that the rule fails and it goes on unjudged, and a part of the reason."
                ),
                Key(
                    "dropped", \.isDropped, .bool,
                    "Instead: that it is left out, a notification or an item of a list."),
                Key(
                    "error", \.isError, .bool,
                    "Whether `before` is an error of the protocol and not a result."),
                Key(
                    "method", \.method, Format<String>.filled,
                    "The method, where it does not follow from the rest.", example: "tools/list"),
                Key(
                    "upstream", \.upstream, Format<String>.filled,
                    "The upstream; by default one that the rule is about."),
                Key(
                    "tool", \.tool, Format<String>.filled,
                    "The tool; by default one that the rule is about."),
                Key("prompt", \.prompt, Format<String>.filled, "The prompt, instead of a tool."),
                Key(
                    "resource", \.resource, Format<String>.filled,
                    "The URI of the resource, instead of a tool."),
                Key(
                    "ctx", \.context, .object(Context.shape), "What `$ctx` says of who asks.",
                    example: "{ client: ci }"),
            ])
        shape.alternatives = ["after", "refused", "failed", "dropped"]
        return shape
    }()

    // Each way to say what is to come of it is a key of its own.

    private var after: [UInt8]? {
        get { if case .after(let json) = end { json } else { nil } }
        set { end = newValue.map(End.after) }
    }

    private var refused: String? {
        get { if case .refused(let words) = end { words } else { nil } }
        set { end = newValue.map(End.refused) }
    }

    private var failed: String? {
        get { if case .failed(let words) = end { words } else { nil } }
        set { end = newValue.map(End.failed) }
    }

    private var isDropped: Bool {
        get { end == .dropped }
        set { if newValue { end = .dropped } }
    }
}

extension JQExample.Context {
    fileprivate static let shape = Shape(
        Self(),
        [
            Key("client", \.client, Format<String>.string, "What the client calls itself."),
            Key("principal", \.principal, Format<String>.string, "On whose behalf."),
            Key("call", \.call, Format<String>.string, "The id of the call."),
        ])
}
